/** What a drawing of a flow shows, before anything has a place: boxes with their lines, and arrows with their exits. */
import {
  type Assets,
  assertNever,
  entriesOf,
  exitsOf,
  findMessage,
  UNDATED,
  type Flow,
  type FlowNode,
  type NodeKind,
  RESERVED_EXITS,
  type SlotDeclaration,
  type Slots,
} from '../../bot/index.ts';

export interface DrawOptions {
  /** BCP 47 tag of the texts shown */
  language: string;
  /** The text of a message key, placeholders as `{name}`; null when there is none. */
  textOf: (key: string) => string | null;
  /** The title of a lesson; null when there is none. */
  lessonTitleOf: (id: string) => string | null;
  /** nodes besides the start that the engine or free text jumps to by name */
  entries: readonly string[];
  /** the version of today, and those that are kept for people who stand in them */
  today: number;
  kept: readonly number[];
}

/** Takes everything a drawing needs from the content. */
export function drawOptionsOf(assets: Assets, flow: Flow, language: string): DrawOptions {
  const kept = [...assets.releases.values()].filter(({ id }) => id === flow.id);
  return {
    language,
    textOf: (key) => textOf(assets, language, key),
    lessonTitleOf: (id) => {
      const texts = assets.lessons.get(id)?.texts;
      return (texts?.get(language) ?? texts?.get('vi'))?.title ?? null;
    },
    entries: [...new Set(entriesOf(assets, flow))].filter((id) => id !== flow.start && flow.nodes.has(id)),
    today: assets.flows.get(flow.id)?.version ?? flow.version,
    kept: kept.map(({ version }) => version).sort((a, b) => a - b),
  };
}

function textOf(assets: Assets, language: string, key: string): string | null {
  try {
    const message = findMessage(assets, language, key);
    const names = Object.fromEntries([...message.placeholders].map((name) => [name, `{${name}}`]));
    return message.text(names, UNDATED);
  } catch {
    // a flow is drawn while it is being written, too: a text may not be there yet
    return null;
  }
}

/** `text`: words a person reads; `code`: as written in the file; `wait`: a time, with a clock; `entry`: with a ring */
export interface BoxLine {
  style: 'text' | 'code' | 'wait' | 'entry';
  text: string;
}

export interface Box {
  id: string;
  kind: NodeKind;
  lines: readonly BoxLine[];
}

export interface ExitName {
  name: string;
  /** not a choice: `any`, `other`, `skip`, `silence`, or the `else` of a branch */
  isReserved: boolean;
  isSilence: boolean;
}

/** All exits of one node that lead to the same place. */
export interface Arrow {
  from: string;
  to: string;
  exits: readonly ExitName[];
}

export interface Picture {
  title: string;
  /** one fact about the flow each: versions, what it keeps, takes and gives back */
  notes: readonly string[];
  /** everything the drawing shows, in words */
  description: string;
  start: string;
  boxes: readonly Box[];
  arrows: readonly Arrow[];
}

export function pictureOf(flow: Flow, options: DrawOptions): Picture {
  const nodes = [...flow.nodes.values()];
  return {
    title: `${flow.id}, version ${flow.version}`,
    notes: notesOf(flow, options),
    description: describe(flow, options),
    start: flow.start,
    boxes: nodes.map((node) => ({ id: node.id, kind: node.kind, lines: linesOf(flow, node, options) })),
    arrows: nodes.flatMap(arrowsOf).filter(({ to }) => flow.nodes.has(to)),
  };
}

function notesOf(flow: Flow, { today, kept, textOf: say }: DrawOptions): readonly string[] {
  const age = flow.version === today ? 'the version of today' : `an earlier version; today is ${today}`;
  const others = kept.filter((version) => version !== flow.version);
  const isReleased = kept.includes(flow.version) ? 'released' : 'not released yet';
  const versions = `${age}, ${isReleased}${others.length === 0 ? '' : `; also kept: ${others.join(', ')}`}`;
  const declared = (what: string, slots: Slots): readonly string[] =>
    Object.keys(slots).length === 0
      ? []
      : [
          `${what} ${Object.entries(slots)
            .map(([name, type]) => `${name}: ${shortType(type)}`)
            .join(', ')}`,
        ];
  return [
    versions,
    ...(flow.resume === null ? [] : [`can be taken up again as “${say(flow.resume) ?? flow.resume}”`]),
    ...declared('takes', flow.args),
    ...declared('gives back', flow.results),
  ];
}

function shortType(declaration: SlotDeclaration): string {
  if (typeof declaration === 'string') return declaration;
  const { type, ...limits } = declaration;
  return `${type} (${Object.entries(limits)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')})`;
}

function arrowsOf(node: FlowNode): readonly Arrow[] {
  const byTarget = new Map<string, ExitName[]>();
  for (const [exit, target] of exitsOf(node))
    byTarget.set(target, [...(byTarget.get(target) ?? []), exitName(node, exit)]);
  return [...byTarget].map(([to, exits]) => ({ from: node.id, to, exits }));
}

function exitName(node: FlowNode, exit: string): ExitName {
  if (node.kind === 'branch') return { name: exit, isReserved: exit === 'else', isSilence: false };
  if (node.kind !== 'ask') return { name: exit, isReserved: false, isSilence: false };
  const reserved: readonly string[] = RESERVED_EXITS;
  const isSilence = exit === 'silence';
  const wait = isSilence && node.wait !== undefined ? ` ${node.wait}` : '';
  return { name: `${exit}${wait}`, isReserved: reserved.includes(exit), isSilence };
}

function linesOf(flow: Flow, node: FlowNode, options: DrawOptions): readonly BoxLine[] {
  const entry: BoxLine = { style: 'entry', text: 'also entered by name' };
  const own = ownLinesOf(flow, node, options);
  return options.entries.includes(node.id) ? [...own, entry] : own;
}

function ownLinesOf(flow: Flow, node: FlowNode, options: DrawOptions): readonly BoxLine[] {
  const said = (key: string): BoxLine => ({ style: 'text', text: options.textOf(key) ?? key });
  const code = (text: string): BoxLine => ({ style: 'code', text });
  const chosenBy = (slot: string | undefined): readonly BoxLine[] =>
    slot === undefined ? [] : [code(`text by ${slot}`)];
  const named = (values: Readonly<Record<string, unknown>> | undefined, sign: string): readonly BoxLine[] =>
    Object.entries(values ?? {}).map(([name, value]) => code(`${name}${sign}${String(value)}`));
  switch (node.kind) {
    case 'say':
      return [...(typeof node.say === 'string' ? [node.say] : node.say).map(said), ...chosenBy(node.by)];
    case 'ask': {
      const type = node.slot === undefined ? undefined : flow.slots[node.slot];
      return [
        said(node.ask),
        ...chosenBy(node.by),
        ...(node.choices === undefined ? [] : [code(`choices: ${node.choices.join(', ')}`)]),
        ...(node.slot === undefined
          ? []
          : [code(`→ ${node.slot}${type === undefined ? '' : `: ${shortType(type)}`}`)]),
        ...(node.route === true ? [code('route')] : []),
        ...(node.settled === true ? [code('settled')] : []),
        ...(node.wait === undefined ? [] : [{ style: 'wait' as const, text: `waits ${node.wait}` }]),
      ];
    }
    case 'branch':
      return typeof node.branch === 'string' ? [code(node.branch)] : named(node.branch, ': ');
    case 'set': {
      const { slots, compute, ...session } = node.set;
      return [...named(session, ': '), ...emptied(slots), ...named(compute, ' = ')];
    }
    case 'check':
      return [code(node.check)];
    case 'lesson': {
      const title = options.lessonTitleOf(node.lesson);
      return [code(node.lesson), ...(title === null ? [] : [{ style: 'text' as const, text: title }])];
    }
    case 'pick':
      return [code(node.pick)];
    case 'resume':
      return [code('to what was left half-way')];
    case 'subflow':
      return [code(node.subflow), ...named(node.with, ' = '), ...named(node.keep, ' ← ')];
    case 'handover':
      return [code(`cause: ${node.handover}`), said(node.say)];
    case 'end':
      return [
        code(node.end === true ? 'done' : node.end),
        ...(node.erase === true ? [code('erases everything')] : []),
        ...named(node.result, ' = '),
      ];
    default:
      return assertNever(node);
  }
}

/** Slots that are emptied stand together in one line: there may be a dozen. */
function emptied(slots: Readonly<Record<string, unknown>> | undefined): readonly BoxLine[] {
  const entries = Object.entries(slots ?? {});
  const gone = entries.filter(([, value]) => value === null).map(([name]) => name);
  const kept = entries.filter(([, value]) => value !== null);
  return [
    ...kept.map(([name, value]) => ({ style: 'code' as const, text: `${name} = ${String(value)}` })),
    ...(gone.length === 0 ? [] : [{ style: 'code' as const, text: `empties ${gone.join(', ')}` }]),
  ];
}

/** For whoever hears the drawing instead of seeing it: every node and where each of its exits leads. */
function describe(flow: Flow, options: DrawOptions): string {
  const nodes = [...flow.nodes.values()].map((node) => {
    const lines = linesOf(flow, node, options).map(({ text }) => text.replace(/\s+/g, ' ').trim());
    const exits = exitsOf(node).map(([exit, target]) => `${exitName(node, exit).name} → ${target}`);
    return `${node.id}: ${node.kind}${lines.length === 0 ? '' : ` (${lines.join('; ')})`}${exits.length === 0 ? '' : `; ${exits.join(', ')}`}.`;
  });
  return `A flow of ${flow.nodes.size} nodes that begins at ${flow.start}. ${nodes.join(' ')}`;
}
