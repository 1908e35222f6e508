/** Reads a FLOIP container (1.0.0-rc1 to rc4), or one flow of it, into drafts of flows; our own exports come back whole. */
import type { DraftFlow, Drafts, Import } from './draft.ts';
import { readBlock } from './floip-blocks.ts';
import { exitName, type FloipReading, numberIn, slotNameOf, tagOfLanguage } from './floip-flow.ts';
import { ownFlow, ownMessages, readOwnBlock } from './floip-own.ts';
import {
  type Block,
  type Container,
  ContainerSchema,
  type FloipFlow,
  FloipFlowSchema,
  type Resource,
} from './floip-shapes.ts';
import { createNames, type Names, slug, takeName } from './names.ts';
import { checkShape, isRecord } from './read-json.ts';
import type { ExchangeFault } from './report.ts';

export function readFloip(data: unknown, reading: Import): Drafts {
  const container = containerOf(data);
  if (!container.ok) return container;
  const { flows, specification_version: version } = container.value;
  const faults = findFloipFaults(container.value);
  if (faults.length > 0) return { ok: false, faults };
  if (version === null || version === undefined)
    reading.notes.push({
      flow: null,
      node: null,
      part: 'specification_version',
      ids: [],
      lost: 'the file does not say which version it follows.',
      instead: 'it is read as 1.0.0-rc4.',
    });
  const taken = createNames(reading.surroundings.flows);
  const ids = new Map(flows.map((flow) => [flow.uuid, ownFlow(flow)?.id ?? flowId(flow, taken, reading)]));
  const messages = ownMessages(container.value);
  return {
    ok: true,
    flows: flows.map((flow) => readFlow(startReading(flow, container.value, ids, reading), messages)),
  };
}

/** Some tools save a single flow, with its resources inside. */
function containerOf(
  data: unknown,
): { ok: true; value: Container } | { ok: false; faults: readonly ExchangeFault[] } {
  if (isRecord(data) && Array.isArray(data['flows'])) return checkShape(ContainerSchema, data);
  const flow = checkShape(FloipFlowSchema, data);
  return flow.ok ? { ok: true, value: { flows: [flow.value] } } : flow;
}

function findFloipFaults({ flows, specification_version: version }: Container): readonly ExchangeFault[] {
  const faults: ExchangeFault[] = [];
  if (version !== null && version !== undefined && !/^1\.0\.0(?:-rc\.?[1-4])?$/.test(version))
    faults.push({
      place: 'specification_version',
      message: 'this version of FLOIP is not known',
      mend: 'export version 1.0.0-rc1 to rc4',
    });
  const seen = new Set<string>();
  flows.forEach((flow, index) => {
    const at = `flows[${index}]`;
    if (seen.has(flow.uuid))
      faults.push({ place: `${at}.uuid`, message: 'two flows have the same uuid', mend: 'keep one of them' });
    seen.add(flow.uuid);
    const blocks = new Set<string>();
    flow.blocks.forEach(({ uuid }, position) => {
      if (blocks.has(uuid))
        faults.push({
          place: `${at}.blocks[${position}].uuid`,
          message: 'two blocks have the same uuid',
          mend: 'give one of them another',
        });
      blocks.add(uuid);
    });
    const first = flow.first_block_id;
    if (first !== null && first !== undefined && !blocks.has(first))
      faults.push({
        place: `${at}.first_block_id`,
        message: 'the first block does not exist',
        mend: 'name a block of this flow',
      });
    flow.blocks.forEach(({ exits }, position) => {
      exits.forEach(({ destination_block: to }, exit) => {
        if (to !== null && to !== undefined && to !== '' && !blocks.has(to))
          faults.push({
            place: `${at}.blocks[${position}].exits[${exit}]`,
            message: 'it leads to a block that does not exist',
            mend: 'lead it to a block of this flow, or nowhere (null)',
          });
      });
    });
  });
  return faults;
}

function nameOf(flow: FloipFlow): string {
  return (
    [flow.name, flow.label].find((name) => name !== null && name !== undefined && name !== '') ?? flow.uuid
  );
}

function flowId(flow: FloipFlow, taken: Names, reading: Import): string {
  const wish = slug(nameOf(flow)) === '' ? 'flow' : slug(nameOf(flow));
  const id = takeName(wish, taken);
  if (reading.surroundings.flows.includes(wish))
    reading.notes.push({
      flow: nameOf(flow),
      node: null,
      part: 'name',
      ids: [],
      lost: `a flow "${wish}" is there already.`,
      instead: `it is called "${id}".`,
    });
  return id;
}

function startReading(
  flow: FloipFlow,
  container: Container,
  flowIds: ReadonlyMap<string, string>,
  reading: Import,
): FloipReading {
  const name = nameOf(flow);
  const languages = new Map<string, string>();
  for (const language of Array.isArray(flow.languages) ? flow.languages : []) {
    const tag = tagOfLanguage(language);
    if (tag !== null) languages.set(language.id, tag);
    else {
      languages.set(language.id, reading.surroundings.language);
      reading.notes.push({
        flow: name,
        node: null,
        part: `language ${language.id}`,
        ids: [],
        lost: 'it does not say which language it is.',
        instead: `its texts are taken as ${reading.surroundings.language}.`,
      });
    }
  }
  const resources = [...(container.resources ?? []), ...(flow.resources ?? [])];
  if (languages.size === 0)
    reading.notes.push({
      flow: name,
      node: null,
      part: 'languages',
      ids: [],
      lost: 'the flow does not say which languages it has.',
      instead: `all texts are taken as ${reading.surroundings.language}.`,
    });
  return {
    reading,
    flow,
    id: flowIds.get(flow.uuid) ?? 'flow',
    name,
    languages,
    base: [...languages.values()][0] ?? reading.surroundings.language,
    resources: new Map(resources.map((resource: Resource) => [resource.uuid, resource])),
    flowIds,
    nodes: [],
    passages: new Map(),
    passed: [],
  };
}

function readFlow(from: FloipReading, messages: ReturnType<typeof ownMessages>): DraftFlow {
  const { flow } = from;
  const own = ownFlow(flow);
  for (const block of flow.blocks) declareAnswer(from, block);
  for (const block of flow.blocks) {
    if (own !== null && readOwnBlock(from, block, messages)) continue;
    if (own !== null)
      from.reading.notes.push({
        flow: from.name,
        node: block.uuid,
        part: block.type,
        ids: [],
        lost: 'this block was added elsewhere.',
        instead: 'it is read like a block of any other tool.',
      });
    readBlock(from, block);
  }
  return {
    id: from.id,
    name: from.name,
    comment:
      own === null
        ? [
            `${from.name}: imported from FLOIP (flow ${flow.uuid}).`,
            'Read every text and every note of the import before anybody meets this flow.',
          ]
        : [`${from.id}: brought back from an export of this service.`],
    extra: own === null ? {} : extraOf(from, own),
    version: own?.version ?? 1,
    start: flow.first_block_id ?? flow.blocks[0]?.uuid ?? null,
    nodes: from.nodes,
    passages: from.passages,
    passed: from.passed,
    parts: flow.blocks.flatMap((block) => [
      { id: block.uuid, node: block.uuid, part: block.type },
      ...block.exits.map((exit) => ({ id: exit.uuid, node: block.uuid, part: `exit ${exitName(exit)}` })),
    ]),
    isOwn: own !== null,
  };
}

/** What the flow kept, and what blocks that were added elsewhere keep beside it. */
function extraOf(
  from: FloipReading,
  own: NonNullable<ReturnType<typeof ownFlow>>,
): Readonly<Record<string, unknown>> {
  const added = from.reading.slots.declared(from.id);
  if (Object.keys(added).length === 0) return own.head;
  const slots = isRecord(own.head['slots']) ? own.head['slots'] : {};
  return { ...own.head, slots: { ...added, ...slots } };
}

function declareAnswer(from: FloipReading, block: Block): void {
  const { slots } = from.reading;
  const name = slotNameOf(block);
  if (block.type === 'SmartDevices.LocationResponse') slots.declare(from.id, 'result', name, 'place');
  if (block.type === 'MobilePrimitives.OpenResponse') {
    const text = isRecord(block.config) ? (block.config['text'] ?? block.config['TEXT']) : null;
    const max = isRecord(text) ? text['max_response_characters'] : null;
    if (typeof max === 'number' && Number.isInteger(max) && max > 0)
      slots.declare(from.id, 'result', name, { type: 'text', max });
  }
  if (block.type !== 'MobilePrimitives.NumericResponse') return;
  const min = numberIn(block, 'validation_minimum');
  const max = numberIn(block, 'validation_maximum');
  slots.declare(
    from.id,
    'result',
    name,
    min === null && max === null
      ? 'number'
      : {
          type: 'number',
          ...(min === null ? {} : { min: Math.ceil(min) }),
          ...(max === null ? {} : { max: Math.floor(max) }),
        },
  );
}
