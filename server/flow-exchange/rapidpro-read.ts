/** Reads a RapidPro export (version 13 and later) into drafts of flows. */
import type { DraftFlow, Drafts, Import, SourcePart, Target } from './draft.ts';
import { createNames, type Names, slug, takeName } from './names.ts';
import { checkShape, isRecord } from './read-json.ts';
import { isSilent, readAction, type Step } from './rapidpro-actions.ts';
import { putAsk } from './rapidpro-ask.ts';
import { type FlowReading, noteHere, referenceOf, tagOf, templateParts, textOf } from './rapidpro-flow.ts';
import { findRapidFaults } from './rapidpro-faults.ts';
import {
  type Action,
  type RapidFlow,
  RapidFileSchema,
  RapidFlowSchema,
  type RapidNode,
  type Router,
} from './rapidpro-shapes.ts';
import { exitsOfCall, putSplit } from './rapidpro-split.ts';
import { shapeOfAnswer } from './rapidpro-tests.ts';

export function readRapidPro(data: unknown, reading: Import): Drafts {
  const isFile = isRecord(data) && Array.isArray(data['flows']);
  const shape = isFile ? checkShape(RapidFileSchema, data) : checkShape(RapidFlowSchema, data);
  if (!shape.ok) return shape;
  const flows = 'flows' in shape.value ? readFlows(shape.value.flows) : readFlows([shape.value]);
  const faults = findRapidFaults(flows, isRecord(data) ? data['version'] : null);
  if (faults.length > 0) return { ok: false, faults };
  if (isRecord(data)) noteRest(data, reading);
  const taken = createNames(reading.surroundings.flows);
  const ids = new Map(flows.map((flow) => [flow.uuid, flowId(flow, taken, reading)]));
  const readings = flows.map((flow) => startReading(flow, ids, reading));
  for (const one of readings) declareSlots(one);
  return { ok: true, flows: readings.map(readFlow) };
}

function readFlows(value: unknown): readonly RapidFlow[] {
  return Array.isArray(value)
    ? value.flatMap((item) => {
        const parsed = RapidFlowSchema.safeParse(item);
        return parsed.success ? [parsed.data] : [];
      })
    : [];
}

function flowId(flow: RapidFlow, taken: Names, reading: Import): string {
  const wish = slug(flow.name) === '' ? 'flow' : slug(flow.name);
  const id = takeName(wish, taken);
  if (reading.surroundings.flows.includes(wish))
    reading.notes.push({
      flow: flow.name,
      node: null,
      part: 'name',
      ids: [],
      lost: `a flow "${wish}" is there already.`,
      instead: `it is called "${id}".`,
    });
  return id;
}

/** Campaigns and triggers start flows; that is done here by routes and other flows. */
function noteRest(data: Record<string, unknown>, reading: Import): void {
  for (const part of ['campaigns', 'triggers']) {
    const list = data[part];
    if (!Array.isArray(list) || list.length === 0) continue;
    reading.notes.push({
      flow: null,
      node: null,
      part,
      ids: list.flatMap((item: unknown) =>
        isRecord(item) && typeof item['uuid'] === 'string' ? [item['uuid']] : [],
      ),
      lost: `${list.length} ${part} are not carried over.`,
      instead: 'nothing: lead to the flow in content/routes.yaml or from another flow.',
    });
  }
}

function startReading(flow: RapidFlow, flowIds: ReadonlyMap<string, string>, reading: Import): FlowReading {
  const language = flow.language ?? 'base';
  const tag = tagOf(language, []);
  const id = flowIds.get(flow.uuid) ?? 'flow';
  const localized = new Map<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>();
  const unknown: string[] = [];
  for (const [code, fields] of Object.entries(flow.localization ?? {})) {
    const known = tagOf(code, []);
    if (known === null) unknown.push(code);
    else localized.set(known, fields);
  }
  const from: FlowReading = {
    reading,
    flow,
    id,
    base: tag ?? reading.surroundings.language,
    localized,
    flowIds,
    nodes: [],
    passages: new Map(),
    passed: [],
  };
  if (tag === null)
    noteHere(
      from,
      null,
      `language ${language}`,
      [],
      'the flow does not say which language its texts are in.',
      `they are taken as ${from.base}.`,
    );
  for (const code of unknown)
    noteHere(
      from,
      null,
      `language ${code}`,
      [],
      'this is no known language.',
      'nothing: its texts are left out.',
    );
  return from;
}

/** Slots get their types before anything reads them: by the questions that fill them, then by what copies those. */
function declareSlots(from: FlowReading): void {
  const { slots } = from.reading;
  for (const { router } of from.flow.nodes) {
    if (router?.wait === undefined || router.wait === null) continue;
    if (router.result_name !== null && router.result_name !== undefined && router.result_name !== '')
      slots.declare(from.id, 'result', router.result_name, shapeOfAnswer(router));
  }
  for (const action of from.flow.nodes.flatMap(({ actions }) => actions ?? [])) {
    if (action.type !== 'set_contact_field') continue;
    const field = action['field'];
    const name = isRecord(field) && typeof field['key'] === 'string' ? field['key'] : '';
    const parts = templateParts(typeof action['value'] === 'string' ? action['value'] : '');
    const only = parts.length === 1 ? parts[0] : undefined;
    const source = only?.kind === 'expression' ? referenceOf(only.expression) : null;
    const isNumber = source !== null && slots.shapeOf(from.id, source.scope, source.name) === 'number';
    if (name !== '' && isNumber) slots.declare(from.id, 'field', name, 'number');
  }
}

function readFlow(from: FlowReading): DraftFlow {
  const waits = new Map(from.flow.nodes.filter(isBareWait).map((node) => [node.uuid, node]));
  const asking = new Map(
    from.flow.nodes.flatMap((node) => {
      const wait = waits.get(node.exits[0]?.destination_uuid ?? '');
      return hasRouter(node) || wait === undefined || promptOf(node) === null
        ? []
        : [[node.uuid, wait] as const];
    }),
  );
  const asked = new Map<string, string>();
  for (const node of from.flow.nodes) {
    const wait = asking.get(node.uuid);
    if (wait !== undefined && !asked.has(wait.uuid)) asked.set(wait.uuid, askKey(node));
  }
  for (const node of from.flow.nodes) {
    const first = asked.get(node.uuid);
    if (first === undefined) readNode(from, node, asking.get(node.uuid));
    else {
      // whoever comes here without a message before it is asked the question again
      from.passages.set(node.uuid, first);
      from.passed.push({ ids: [node.uuid], key: node.uuid });
    }
  }
  return {
    id: from.id,
    name: from.flow.name,
    comment: [
      `${from.flow.name}: imported from RapidPro (flow ${from.flow.uuid}).`,
      'Read every text and every note of the import before anybody meets this flow.',
    ],
    extra: {},
    version: 1,
    start: from.flow.nodes[0]?.uuid ?? null,
    nodes: from.nodes,
    passages: from.passages,
    passed: from.passed,
    parts: from.flow.nodes.flatMap(partsOf),
    isOwn: false,
  };
}

function partsOf(node: RapidNode): readonly SourcePart[] {
  const inside = [
    ...(node.actions ?? []).map(({ uuid, type }) => ({ id: uuid, part: type })),
    ...(node.router?.cases ?? []).map(({ uuid, type }) => ({ id: uuid, part: `case ${type}` })),
    ...(node.router?.categories ?? []).map(({ uuid, name }) => ({ id: uuid, part: `category ${name}` })),
    ...node.exits.map(({ uuid }) => ({ id: uuid, part: 'exit' })),
  ];
  return [{ id: node.uuid, part: 'node' }, ...inside].map((part) => ({ ...part, node: node.uuid }));
}

function hasRouter(node: RapidNode): boolean {
  return node.router !== null && node.router !== undefined;
}

function isBareWait(node: RapidNode): boolean {
  return node.router?.wait !== undefined && node.router.wait !== null && (node.actions ?? []).length === 0;
}

/** The last message, when only actions that say nothing follow it. */
function promptOf(node: RapidNode): Action | null {
  const last = [...(node.actions ?? [])].reverse().find((action) => !isSilent(action));
  return last?.type === 'send_msg' && !(textOf(last) === '' && !Array.isArray(last['attachments']))
    ? last
    : null;
}

/** Key of the question that a node's last message asks. */
function askKey(node: RapidNode): string {
  return (node.actions ?? []).length > 1 ? `${node.uuid}#ask` : node.uuid;
}

function readNode(from: FlowReading, node: RapidNode, wait: RapidNode | undefined): void {
  const router = wait?.router ?? node.router ?? null;
  const isAsk = router?.wait !== undefined && router.wait !== null;
  const prompt = isAsk ? promptOf(node) : null;
  const actions = (node.actions ?? []).filter((action) => action !== prompt);
  const steps = actions.flatMap((action) => {
    const step = readAction(from, node.uuid, action);
    return step === null ? [] : [step];
  });
  noteLooseExits(from, node);
  const exit = node.exits[0];
  const ownExit = exit === undefined || hasRouter(node) ? [] : [exit.uuid];
  if (router === null) {
    joinSteps(from, node, steps, exit?.destination_uuid ?? null, ownExit);
    return;
  }
  if (isAsk) {
    const key = wait === undefined ? (steps.length > 0 ? `${node.uuid}#ask` : node.uuid) : askKey(node);
    putAsk(from, {
      node: wait ?? node,
      router,
      prompt,
      key,
      from: [...ownExit, ...(steps.length === 0 ? [node.uuid] : [])],
    });
    if (key !== node.uuid) joinSteps(from, node, steps, key, ownExit);
    return;
  }
  readSplit(from, node, router, steps);
}

function readSplit(from: FlowReading, node: RapidNode, router: Router, steps: readonly Step[]): void {
  const last = steps[steps.length - 1];
  const isCall = /^@\(?child\./.test(router.operand ?? '') && last !== undefined && 'subflow' in last.body;
  const wasCall =
    /^@\(?child\./.test(router.operand ?? '') &&
    (node.actions ?? []).some(({ type }) => type === 'enter_flow');
  if (isCall || wasCall) {
    const { next, ids } = exitsOfCall(from, node, router);
    joinSteps(from, node, steps, next, ids);
    return;
  }
  const key = steps.length === 0 ? node.uuid : `${node.uuid}#split`;
  putSplit(from, node, router, key, steps.length === 0 ? [node.uuid] : []);
  if (steps.length > 0) joinSteps(from, node, steps, key, []);
}

/** Strings the steps of a node together; a node without any is a passage. Says that follow one another are one node. */
function joinSteps(
  from: FlowReading,
  node: RapidNode,
  steps: readonly Step[],
  next: Target,
  ids: readonly string[],
): void {
  const joined = joinSays(steps);
  if (joined.length === 0) {
    from.passages.set(node.uuid, next);
    from.passed.push({ ids: [node.uuid, ...ids], key: node.uuid });
    return;
  }
  joined.forEach((step, index) => {
    const isLast = index === joined.length - 1;
    from.nodes.push({
      key: index === 0 ? node.uuid : `${node.uuid}#${index + 1}`,
      wish: step.wish,
      body: step.body,
      exits: [
        ['done', step.exitsTo === undefined ? (isLast ? next : `${node.uuid}#${index + 2}`) : step.exitsTo],
      ],
      from: [...(index === 0 ? [node.uuid] : []), ...step.from, ...(isLast ? ids : [])],
      node: node.uuid,
      messages: step.messages,
    });
  });
}

function joinSays(steps: readonly Step[]): readonly Step[] {
  const joined: Step[] = [];
  for (const step of steps) {
    const before = joined[joined.length - 1];
    if (
      before === undefined ||
      !('say' in before.body) ||
      !('say' in step.body) ||
      'handover' in step.body ||
      'handover' in before.body
    ) {
      joined.push(step);
      continue;
    }
    const messages = [...before.messages, ...step.messages];
    joined[joined.length - 1] = {
      ...before,
      body: { say: messages },
      from: [...before.from, ...step.from],
      messages,
    };
  }
  return joined;
}

function noteLooseExits(from: FlowReading, node: RapidNode): void {
  const used = hasRouter(node)
    ? new Set((node.router?.categories ?? []).map(({ exit_uuid }) => exit_uuid))
    : new Set([node.exits[0]?.uuid]);
  const loose = node.exits.filter(({ uuid }) => !used.has(uuid)).map(({ uuid }) => uuid);
  if (loose.length > 0)
    noteHere(
      from,
      node.uuid,
      'exit',
      loose,
      `${loose.length} exit(s) that nothing leads to.`,
      'nothing: they are left out.',
    );
}
