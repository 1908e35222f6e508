/** Settles what was read into files of ours: ids, ends, circles, what nobody can reach, texts by language. */
import type { DraftFlow, DraftNode, Import, Target } from './draft.ts';
import { circlesWithoutWaiting, passagesMet, reachable, resolvePassages } from './graph.ts';
import { createNames, slug, takeName } from './names.ts';
import { describeNote, type ExchangeFile, type Imported, type Note, type Placed } from './report.ts';
import { flowText, messagesText } from './yaml-text.ts';

export function settle(format: Imported['format'], flows: readonly DraftFlow[], reading: Import): Imported {
  const broken = breakCalls(flows, reading);
  const written = broken.map((flow) => writeFlow(flow, reading));
  for (const flow of broken.filter(({ isOwn }) => !isOwn)) noteUnfilled(flow, reading);
  const placed = written.flatMap((one) => one.placed);
  const said = new Set([...placed.map(({ source }) => source), ...reading.notes.flatMap(({ ids }) => ids)]);
  for (const flow of broken) noteUnsaid(flow, said, reading);
  const kept = new Set(written.flatMap(({ messages }) => messages));
  const messages: Record<string, ExchangeFile> = {};
  for (const language of reading.texts.languages()) {
    const entries = reading.texts.entries(language, kept);
    if (Object.keys(entries).length === 0) continue;
    messages[language] = {
      path: `content/messages/${language}.additions.yaml`,
      text: messagesText(
        [`Texts of imported flows, to be added to content/messages/${language}.yaml.`],
        entries,
      ),
    };
    noteLanguage(reading, language, Object.keys(entries).length);
  }
  noteMissingTexts(reading, kept);
  return {
    kind: 'imported',
    format,
    flows: written.map(({ file }) => file),
    messages,
    notes: withoutRepeats(reading.notes),
    placed,
  };
}

/** What is said twice of one place is said once, for all it answers for. */
function withoutRepeats(notes: readonly Note[]): readonly Note[] {
  const found = new Map<string, Note>();
  for (const note of notes) {
    const text = describeNote(note);
    const before = found.get(text);
    found.set(text, before === undefined ? note : { ...before, ids: [...before.ids, ...note.ids] });
  }
  return [...found.values()];
}

interface Written {
  file: ExchangeFile;
  placed: readonly Placed[];
  messages: readonly string[];
}

/** Our own export comes back as it was: same ids, same order, nothing left out. */
function writeFlow(flow: DraftFlow, reading: Import): Written {
  const { target, empty } = resolvePassages(flow);
  const byKey = new Map(flow.nodes.map((node) => [node.key, node]));
  const nodes = flow.isOwn ? flow.nodes : reachable(flow.start, byKey, target);
  const closed = flow.isOwn ? new Set<string>() : closeCircles(flow, nodes, target, reading);
  if (!flow.isOwn) noteUnreached(flow, nodes, reading);

  const taken = createNames([]);
  const ids = new Map(
    nodes.map((node) => [node.key, takeName(node.wish === '' ? 'node' : node.wish, taken)]),
  );
  const end = takeName('over', taken);
  const idOf = (key: Target): string => (key === null ? end : (ids.get(key) ?? end));
  const records = nodes.map((node) => ({
    id: idOf(node.key),
    ...node.body,
    ...(node.exits === null ? {} : { exits: exitsOf(node, closed, (to) => idOf(target(to)), end) }),
  }));
  const start = idOf(target(flow.start));
  const leadsToEnd =
    start === end || records.some((record) => 'exits' in record && Object.values(record.exits).includes(end));
  const slots = reading.slots.declared(flow.id);
  const head = { start, ...(Object.keys(slots).length === 0 || flow.isOwn ? {} : { slots }), ...flow.extra };
  const met = flow.isOwn ? null : passagesMet(flow, nodes);
  const passed = flow.passed.filter(({ key }) => !empty.has(key) && (met === null || met.has(key)));
  notePassagesUnmet(flow, passed, nodes, reading);
  return {
    file: fileOf(flow, head, [...records, ...(leadsToEnd ? [{ id: end, end: true }] : [])]),
    placed: [
      ...nodes.flatMap((node) =>
        node.from.map((source) => ({ source, flow: flow.id, node: idOf(node.key) })),
      ),
      ...passed.flatMap(({ ids: sources, key }) =>
        sources.map((source) => ({ source, flow: flow.id, node: idOf(target(key)) })),
      ),
    ],
    messages: nodes.flatMap(({ messages }) => messages),
  };
}

function exitsOf(
  node: DraftNode,
  closed: ReadonlySet<string>,
  idOf: (to: Target) => string,
  end: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (node.exits ?? []).map(([name, to]) => [name, closed.has(circleKey(node.key, name)) ? end : idOf(to)]),
  );
}

function circleKey(node: string, exit: string): string {
  return `${node} ${exit}`;
}

function closeCircles(
  flow: DraftFlow,
  nodes: readonly DraftNode[],
  target: (key: Target) => Target,
  reading: Import,
): ReadonlySet<string> {
  return new Set(
    circlesWithoutWaiting(nodes, target).map(({ node, exit }) => {
      noteCircle(
        flow,
        nodes.find(({ key }) => key === node),
        exit,
        reading,
      );
      return circleKey(node, exit);
    }),
  );
}

function fileOf(
  flow: DraftFlow,
  head: Readonly<Record<string, unknown>>,
  nodes: readonly Readonly<Record<string, unknown>>[],
): ExchangeFile {
  return {
    path: `flows/${flow.id}.yaml`,
    text: flowText({ comment: flow.comment, head: { id: flow.id, version: flow.version, ...head }, nodes }),
  };
}

function noteCircle(flow: DraftFlow, node: DraftNode | undefined, exit: string, reading: Import): void {
  reading.notes.push({
    flow: flow.name,
    node: node?.node ?? null,
    part: `exit ${exit}`,
    ids: [],
    lost: 'this way runs in a circle without ever waiting for the person.',
    instead: 'the flow ends here; put a question into the circle and lead the exit back.',
  });
}

/** Parts of the source that nothing leads to, unless they also stand in a node that is reached. */
function noteUnreached(flow: DraftFlow, nodes: readonly DraftNode[], reading: Import): void {
  const isReached = new Set(nodes.map(({ key }) => key));
  const elsewhere = new Set(nodes.flatMap(({ from }) => from));
  for (const node of flow.nodes.filter(({ key }) => !isReached.has(key))) {
    const ids = node.from.filter((id) => !elsewhere.has(id));
    if (ids.length === 0) continue;
    reading.notes.push({
      flow: flow.name,
      node: node.node,
      part: Object.keys(node.body)[0] ?? 'node',
      ids,
      lost: 'no path leads here.',
      instead: 'nothing: it is left out.',
    });
  }
}

/** Parts that became nothing, and that nothing leads to either. */
function notePassagesUnmet(
  flow: DraftFlow,
  placed: DraftFlow['passed'],
  nodes: readonly DraftNode[],
  reading: Import,
): void {
  const elsewhere = new Set([...nodes.flatMap(({ from }) => from), ...placed.flatMap(({ ids }) => ids)]);
  for (const { ids, key } of flow.passed.filter((one) => !placed.includes(one))) {
    const left = ids.filter((id) => !elsewhere.has(id));
    if (left.length === 0) continue;
    reading.notes.push({
      flow: flow.name,
      node: key.split('#')[0] ?? key,
      part: 'node',
      ids: left,
      lost: 'nothing of it can be said here, or no path leads here.',
      instead: 'nothing: it is left out.',
    });
  }
}

/** Flows that call each other in a circle: the call that closes it ends the flow instead. */
function breakCalls(flows: readonly DraftFlow[], reading: Import): readonly DraftFlow[] {
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  const callsOf = (flow: DraftFlow): readonly string[] =>
    flow.nodes.flatMap(({ body }) => (typeof body['subflow'] === 'string' ? [body['subflow']] : []));
  const kept = new Map<string, Set<string>>();
  const leadsTo = (from: string, wanted: string): boolean => {
    const open = [from];
    const seen = new Set<string>();
    while (open.length > 0) {
      const id = open.pop();
      if (id === undefined || seen.has(id)) continue;
      if (id === wanted) return true;
      seen.add(id);
      open.push(...(kept.get(id) ?? []));
    }
    return false;
  };
  return flows.map((flow) => {
    if (flow.isOwn) return flow;
    const mine = new Set<string>();
    kept.set(flow.id, mine);
    const circular = new Set<string>();
    for (const id of callsOf(flow)) {
      if (id !== flow.id && byId.has(id) && leadsTo(id, flow.id)) circular.add(id);
      else if (id !== flow.id) mine.add(id);
    }
    return endCalls(flow, circular, reading);
  });
}

function endCalls(flow: DraftFlow, circular: ReadonlySet<string>, reading: Import): DraftFlow {
  const passages = new Map(flow.passages);
  const passed = [...flow.passed];
  const nodes = flow.nodes.filter((node) => {
    const called = node.body['subflow'];
    if (typeof called !== 'string') return true;
    if (called === flow.id) {
      passages.set(node.key, flow.start);
      passed.push({ ids: node.from, key: node.key });
      noteCall(flow, node, 'this flow calls itself.', 'the flow goes on at its own start.', reading);
      return false;
    }
    if (!circular.has(called)) return true;
    passages.set(node.key, null);
    passed.push({ ids: node.from, key: node.key });
    noteCall(
      flow,
      node,
      `"${called}" calls this flow in turn, and flows here do not run in a circle.`,
      'the flow ends here; lead on with a menu or a route.',
      reading,
    );
    return false;
  });
  return { ...flow, nodes, passages, passed };
}

function noteCall(flow: DraftFlow, node: DraftNode, lost: string, instead: string, reading: Import): void {
  reading.notes.push({
    flow: flow.name,
    node: node.node,
    part: 'call of a flow',
    ids: node.from,
    lost,
    instead,
  });
}

function noteLanguage(reading: Import, language: string, count: number): void {
  const { served } = reading.surroundings;
  if (served === null || served.includes(language)) return;
  reading.notes.push({
    flow: null,
    node: null,
    part: `language ${language}`,
    ids: [],
    lost: `${count} texts are in a language that is not served.`,
    instead: `they wait in content/messages/${language}.additions.yaml; add the language to content/languages.yaml first.`,
  });
}

/** The last word: a part that is neither in the result nor in a note gets one. */
function noteUnsaid(flow: DraftFlow, said: ReadonlySet<string>, reading: Import): void {
  for (const { id, node, part } of flow.parts.filter((one) => !said.has(one.id)))
    reading.notes.push({
      flow: flow.name,
      node,
      part,
      ids: [id],
      lost: 'other parts of this node take its place.',
      instead: 'nothing: it is left out.',
    });
}

function noteUnfilled(flow: DraftFlow, reading: Import): void {
  for (const slot of reading.slots.unfilled(flow.id))
    reading.notes.push({
      flow: flow.name,
      node: null,
      part: `variable ${slot.name}`,
      ids: [],
      lost: 'it is read, but nothing in this file fills it.',
      instead: `the slot ${slot.slot}, which is empty until something fills it.`,
    });
}

function noteMissingTexts(reading: Import, kept: ReadonlySet<string>): void {
  const there = new Map(
    reading.texts.languages().map((tag) => [tag, new Set(Object.keys(reading.texts.entries(tag, kept)))]),
  );
  const all = new Set([...there.values()].flatMap((keys) => [...keys]));
  for (const language of reading.surroundings.served ?? []) {
    const missing = all.size - (there.get(language)?.size ?? 0);
    if (missing === 0) continue;
    reading.notes.push({
      flow: null,
      node: null,
      part: `language ${language}`,
      ids: [],
      lost: `${missing} texts are not in this language in the source.`,
      instead: 'nothing: write them before the flow is used.',
    });
  }
}

/** `wish` for a node that says a text: its first words, or what kind of node it is. */
export function wishFrom(text: string, otherwise: string): string {
  const words = slug(text.replace(/@[\w.]+|@\([^)]*\)/g, ' '));
  return words.length < 3 ? otherwise : words;
}
