/** What reading one RapidPro flow carries along: its languages, its texts, its draft so far. */
import type { DraftNode, Import, Target } from './draft.ts';
import { languageTag } from './names.ts';
import type { Action, RapidFlow, RapidNode, Router } from './rapidpro-shapes.ts';
import type { ChoiceEntry } from './text-table.ts';
import { splitTemplate, type TemplatePart, toIcu } from './template.ts';

export interface FlowReading {
  reading: Import;
  flow: RapidFlow;
  /** id it has here */
  id: string;
  /** language of its texts, BCP 47 */
  base: string;
  /** BCP 47 tag → uuid → fields in that language */
  localized: ReadonlyMap<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>;
  /** uuid of a flow of the file → its id here */
  flowIds: ReadonlyMap<string, string>;
  nodes: DraftNode[];
  passages: Map<string, Target>;
  passed: { ids: readonly string[]; key: string }[];
}

/** A router that waits, and the message that asks. */
export interface Asked {
  node: RapidNode;
  router: Router;
  /** the message that asks; null when the source waits without one */
  prompt: Action | null;
  key: string;
  /** ids that the question stands for besides the router's own */
  from: readonly string[];
}

/** Names RapidPro puts behind `@` without parentheses. */
export const ROOTS = [
  'contact',
  'fields',
  'results',
  'input',
  'urns',
  'run',
  'child',
  'parent',
  'trigger',
  'globals',
  'webhook',
  'legacy_extra',
  'node',
  'locals',
  'resume',
  'ticket',
] as const;

export function noteHere(
  from: FlowReading,
  node: string | null,
  part: string,
  ids: readonly string[],
  lost: string,
  instead: string,
): void {
  from.reading.notes.push({ flow: from.flow.name, node, part, ids, lost, instead });
}

/** `results.age.value`, `fields.age`, `contact.fields.age` → their slot; null for what is no value of a flow. */
export function slotOf(from: FlowReading, reference: string): string | null {
  const found = referenceOf(reference);
  return found === null ? null : from.reading.slots.use(from.id, found.scope, found.name);
}

export function referenceOf(
  reference: string,
): { scope: 'result' | 'field'; name: string; part: string } | null {
  const match =
    /^(?:(?:run\.)?(results)|(?:contact\.)?(fields))\.([a-z0-9_]+)(?:\.(value|category|category_localized|input))?$/i.exec(
      reference.trim(),
    );
  if (match === null) return null;
  const [, results, , name = '', part = 'value'] = match;
  return { scope: results === undefined ? 'field' : 'result', name, part: part.toLowerCase() };
}

export function templateParts(text: string): readonly TemplatePart[] {
  return splitTemplate(text, ROOTS);
}

/** Base text first, then the languages it is translated into. */
export function translations(
  from: FlowReading,
  uuid: string,
  field: string,
  base: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>([[from.base, base]]);
  for (const [tag, fields] of from.localized) {
    const value = fields[uuid]?.[field];
    const list = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    if (list.some((item) => item !== '') && tag !== from.base) found.set(tag, list);
  }
  return found;
}

/** Puts a text into all its languages. @returns its message key */
export function putText(
  from: FlowReading,
  node: string,
  action: Action | null,
  wish: string,
  choicesIn: (language: string) => Readonly<Record<string, ChoiceEntry>> | null = () => null,
): string {
  const key = from.reading.texts.newKey(from.id, wish);
  const base = action === null ? '' : textOf(action);
  const texts = translations(from, action?.uuid ?? '', 'text', [base]);
  const reported = new Set<string>();
  for (const [language, list] of texts) {
    const text = toIcu(list[0] ?? base, {
      slotOf: (reference) => slotOf(from, reference),
      roots: ROOTS,
      report: (expression, what) => {
        if (reported.has(`${what} ${expression}`)) return;
        reported.add(`${what} ${expression}`);
        noteHere(
          from,
          node,
          `@${expression} in a text`,
          [],
          what === 'lost' ? 'no slot holds this.' : 'the formatting around the value is not carried over.',
          what === 'lost'
            ? `the text ${key} has a gap (…): reword it.`
            : `the text ${key} shows the value as it is.`,
        );
      },
    });
    const audio = action === null ? null : recordingOf(from, node, action, language, key);
    const choices = choicesIn(language);
    from.reading.texts.put(language, key, {
      text,
      ...(audio === null ? {} : { audio }),
      ...(choices === null ? {} : { choices }),
    });
  }
  if (action !== null) noteExtras(from, node, action, key);
  return key;
}

export function textOf(action: Action): string {
  return typeof action['text'] === 'string' ? action['text'] : '';
}

export function listOf(action: Action, field: string): readonly string[] {
  const value = action[field];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    if (typeof item === 'string') return [item];
    if (typeof item === 'object' && item !== null && 'text' in item && typeof item.text === 'string')
      return [item.text];
    return [];
  });
}

/** A recording that lies where ours lie is played; one that does not is named, so that somebody can fetch it. */
function recordingOf(
  from: FlowReading,
  node: string,
  action: Action,
  language: string,
  key: string,
): string | null {
  const spoken =
    typeof action['audio_url'] === 'string' && action['audio_url'] !== ''
      ? [`audio:${action['audio_url']}`]
      : [];
  const attached =
    translations(from, action.uuid, 'attachments', listOf(action, 'attachments')).get(language) ?? [];
  const first = [...spoken, ...attached].find((item) => item.startsWith('audio'));
  if (first === undefined) return null;
  const name = fileNameOf(first);
  if (name !== null && from.reading.surroundings.recordings.includes(`content/audio/${language}/${name}`))
    return name;
  noteHere(
    from,
    node,
    `${action.type} audio`,
    [],
    'a recording is named that is not here.',
    `the text alone; put the file into content/audio/${language}/ and write audio: under ${key}.`,
  );
  return null;
}

function fileNameOf(attachment: string): string | null {
  const name = attachment.split(/[/:]/).pop()?.split('?')[0]?.toLowerCase() ?? '';
  return /^[a-z0-9.-]+\.(ogg|mp3|m4a)$/.test(name) ? name : null;
}

function noteExtras(from: FlowReading, node: string, action: Action, key: string): void {
  const others = listOf(action, 'attachments').filter((item) => !item.startsWith('audio')).length;
  if (others > 0)
    noteHere(
      from,
      node,
      `${action.type} attachment`,
      [],
      `${others} attachment(s) cannot be sent from a flow.`,
      `the text ${key} alone; say in words what they show.`,
    );
  for (const field of ['all_urns', 'templating', 'template', 'topic']) {
    const value = action[field];
    if (value === undefined || value === null || value === false || value === '') continue;
    noteHere(from, node, `${action.type} ${field}`, [], 'this setting has no like here.', 'the text alone.');
  }
}

/** @param among tags that a name like "hindi" may mean */
export function tagOf(code: string, among: readonly string[]): string | null {
  return code === 'base' ? null : languageTag(code, among);
}
