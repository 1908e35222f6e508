/** What reading one FLOIP flow carries along: its languages, its resources, its draft so far. */
import type { DraftNode, Import, Target } from './draft.ts';
import type { Block, FloipExit, FloipFlow, FloipLanguage, Resource } from './floip-shapes.ts';
import { languageTag, snake } from './names.ts';
import type { SlotShape } from './slot-table.ts';
import { toIcu } from './template.ts';
import type { ChoiceEntry } from './text-table.ts';

export interface FloipReading {
  reading: Import;
  flow: FloipFlow;
  id: string;
  name: string;
  /** language id of the container → BCP 47 */
  languages: ReadonlyMap<string, string>;
  base: string;
  resources: ReadonlyMap<string, Resource>;
  flowIds: ReadonlyMap<string, string>;
  nodes: DraftNode[];
  passages: Map<string, Target>;
  passed: { ids: readonly string[]; key: string }[];
}

export const FLOIP_ROOTS = [
  'flow',
  'block',
  'contact',
  'results',
  'channel',
  'container',
  'session',
  'urn',
] as const;

export function noteBlock(
  from: FloipReading,
  block: Block | null,
  part: string,
  ids: readonly string[],
  lost: string,
  instead: string,
): void {
  from.reading.notes.push({ flow: from.name, node: block?.uuid ?? null, part, ids, lost, instead });
}

/** @returns BCP 47, or null when the language says nothing that is known */
export function tagOfLanguage(language: FloipLanguage): string | null {
  for (const code of [language.bcp_47, language.iso_639_3, language.abbreviation]) {
    const tag =
      code === null || code === undefined || code === ''
        ? null
        : languageTag(code.length > 3 ? code : code.toLowerCase());
    if (tag !== null) return tag;
  }
  const named = language.label ?? language.name ?? '';
  return languageTag(named, ['en', 'fr', 'es', 'pt', 'vi', 'sw', 'ar', 'hi', 'km', 'lo', 'th', 'my']) ?? null;
}

/** The name an expression knows a block by; some builders number their blocks, then the label reads better. */
export function slotNameOf(block: Block): string {
  return /^[a-z]/i.test(block.name) ||
    block.label === null ||
    block.label === undefined ||
    snake(block.label) === 'value'
    ? block.name
    : block.label;
}

export function blockSlot(from: FloipReading, block: Block): string {
  return from.reading.slots.use(from.id, 'result', slotNameOf(block));
}

/** The slot of a block whose answer is kept. */
export function fillSlot(from: FloipReading, block: Block): string {
  from.reading.slots.fill(from.id, 'result', slotNameOf(block));
  return blockSlot(from, block);
}

export function isNumber(shape: SlotShape): boolean {
  return shape === 'number' || (typeof shape === 'object' && shape['type'] === 'number');
}

/** `flow.age.value`, `flow.age`, `contact.district`, `block.value` inside `block` → slot and whether it holds a number. */
export function referenceSlot(
  from: FloipReading,
  path: string,
  here: Block | null,
): { slot: string; isNumber: boolean; block: Block | null } | null {
  if (/^block\.(?:value|response)$/.test(path))
    return here === null || isPlace(here)
      ? null
      : { slot: blockSlot(from, here), isNumber: isNumber(shapeOf(from, here)), block: here };
  const name = /^(?:flow|results)\.(\w+)(?:\.(?:value|response))?$/.exec(path)?.[1];
  const block = name === undefined ? undefined : from.flow.blocks.find((one) => one.name === name);
  if (block !== undefined && !isPlace(block) && /Response|Output|Read/.test(block.type))
    return { slot: blockSlot(from, block), isNumber: isNumber(shapeOf(from, block)), block };
  const property = /^contact\.(\w+)$/.exec(path)?.[1];
  if (property === undefined || !setsProperty(from, property)) return null;
  return { slot: from.reading.slots.use(from.id, 'field', property), isNumber: false, block: null };
}

/** A place has parts; it is compared with nothing. */
function isPlace(block: Block): boolean {
  return block.type === 'SmartDevices.LocationResponse';
}

function shapeOf(from: FloipReading, block: Block): SlotShape {
  return from.reading.slots.shapeOf(from.id, 'result', slotNameOf(block));
}

/** Contacts keep nothing here: a property is a slot only where a flow sets it. */
function setsProperty(from: FloipReading, property: string): boolean {
  return from.flow.blocks.some(
    ({ type, config }) =>
      type === 'Core.SetContactProperty' &&
      JSON.stringify(config ?? {}).includes(`"property_key":"${property}"`),
  );
}

/** Puts the texts of a resource into their languages. @returns the message key */
export function putResource(
  from: FloipReading,
  block: Block,
  prompt: string,
  wish: string,
  choicesIn: (language: string) => Readonly<Record<string, ChoiceEntry>> | null = () => null,
): string {
  const key = from.reading.texts.newKey(from.id, wish);
  const texts = textsOf(from, block, prompt);
  const reported = new Set<string>();
  for (const [language, value] of texts) {
    const text = toIcu(value, {
      slotOf: (reference) => referenceSlot(from, reference, null)?.slot ?? null,
      roots: FLOIP_ROOTS,
      report: (expression, what) => {
        if (reported.has(expression)) return;
        reported.add(expression);
        noteBlock(
          from,
          block,
          `@${expression} in a text`,
          [],
          what === 'lost' ? 'no slot holds this.' : 'the formatting around the value is not carried over.',
          what === 'lost'
            ? `the text ${key} has a gap (…): reword it.`
            : `the text ${key} shows the value as it is.`,
        );
      },
    });
    const audio = audioOf(from, block, prompt, language, key);
    const choices = choicesIn(language);
    from.reading.texts.put(language, key, {
      text,
      ...(audio === null ? {} : { audio }),
      ...(choices === null ? {} : { choices }),
    });
  }
  return key;
}

/** The text of each language; where modes differ, that for rich messages, then for text. */
export function textsOf(from: FloipReading, block: Block, prompt: string): ReadonlyMap<string, string> {
  const resource = from.resources.get(prompt);
  if (resource === undefined) {
    const isText = prompt !== '' && !/^[0-9a-f-]{36}$/i.test(prompt);
    if (!isText)
      noteBlock(
        from,
        block,
        'prompt',
        [],
        prompt === '' ? 'it has no text.' : 'its resource is not in the file.',
        'a text that is only "…": write what is said.',
      );
    return new Map([[from.base, isText ? prompt : '']]);
  }
  const found = new Map<string, { rank: number; text: string }>();
  for (const value of resource.values) {
    const tag = from.languages.get(value.language_id) ?? from.base;
    const type = value.content_type.toUpperCase();
    const text = value.value ?? '';
    if (type !== 'TEXT') {
      if (!['AUDIO', 'DATA'].includes(type))
        noteBlock(
          from,
          block,
          `resource ${type}`,
          [],
          'pictures and videos cannot be sent from a flow.',
          'the text alone; say in words what they show.',
        );
      continue;
    }
    const rank = rankOf(value.modes ?? []);
    const before = found.get(tag);
    if (before !== undefined && before.text !== text && text !== '')
      noteBlock(
        from,
        block,
        'resource by mode',
        [],
        'modes have texts of their own.',
        'one text for all channels, that for rich messages first.',
      );
    if (before === undefined || rank < before.rank || before.text === '')
      found.set(tag, { rank, text: text === '' ? (before?.text ?? '') : text });
  }
  if ([...found.values()].every(({ text }) => text.trim() === '')) {
    noteBlock(
      from,
      block,
      'prompt',
      [],
      'its resource holds no text.',
      'a text that is only "…": write what is said.',
    );
    return new Map([[from.base, '']]);
  }
  return new Map(
    [...found].filter(([, { text }]) => text.trim() !== '').map(([tag, { text }]) => [tag, text]),
  );
}

function rankOf(modes: readonly string[]): number {
  const upper = modes.map((mode) => mode.toUpperCase());
  const index = ['RICH_MESSAGING', 'TEXT', 'SMS', 'USSD'].findIndex((mode) => upper.includes(mode));
  return index === -1 ? 9 : index;
}

function audioOf(
  from: FloipReading,
  block: Block,
  prompt: string,
  language: string,
  key: string,
): string | null {
  const value = from.resources
    .get(prompt)
    ?.values.find(
      (one) =>
        one.content_type.toUpperCase() === 'AUDIO' &&
        (from.languages.get(one.language_id) ?? from.base) === language,
    )?.value;
  if (value === undefined || value === null || value === '') return null;
  const name = value.split('/').pop()?.split('?')[0]?.toLowerCase() ?? '';
  const isThere = from.reading.surroundings.recordings.includes(`content/audio/${language}/${name}`);
  if (isThere && /^[a-z0-9.-]+\.(ogg|mp3|m4a)$/.test(name)) return name;
  noteBlock(
    from,
    block,
    'resource AUDIO',
    [],
    'a recording is named that is not here.',
    `the text alone; put the file into content/audio/${language}/ and write audio: under ${key}.`,
  );
  return null;
}

export function configOf(block: Block): Readonly<Record<string, unknown>> {
  return block.config ?? {};
}

export function textIn(block: Block, field: string): string {
  const value = configOf(block)[field];
  return typeof value === 'string' ? value : '';
}

export function numberIn(block: Block, field: string): number | null {
  const value = configOf(block)[field];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function exitName(exit: FloipExit): string {
  return exit.name ?? exit.tag ?? '';
}

export function exitTarget(exit: FloipExit | undefined): Target {
  return exit?.destination_block ?? null;
}
