/** FLOIP blocks that keep something: contact properties, groups, outputs. */
import {
  configOf,
  type FloipReading,
  noteBlock,
  referenceSlot,
  fillSlot,
  textIn,
  FLOIP_ROOTS,
} from './floip-flow.ts';
import type { Block } from './floip-shapes.ts';
import { languageTag } from './names.ts';
import { isRecord } from './read-json.ts';
import { splitTemplate } from './template.ts';

type Setting = Readonly<Record<string, unknown>>;

/** @returns what a `set` node keeps, or null, then a note says what was left out */
export function readSetting(from: FloipReading, block: Block): Setting | null {
  switch (block.type) {
    case 'Core.SetContactProperty':
      return setProperty(from, block);
    case 'Core.SetGroupMembership':
      return setGroup(from, block);
    case 'Core.Output':
      return setOutput(from, block);
    case 'Core.Log':
      return leaveOut(from, block, 'flows write no log of their own.');
    default:
      return leaveOut(from, block, 'this kind of block has no like here.');
  }
}

function leaveOut(from: FloipReading, block: Block, lost: string): null {
  noteBlock(from, block, block.type, [block.uuid], lost, 'nothing: the flow goes on with what follows.');
  return null;
}

function setProperty(from: FloipReading, block: Block): Setting | null {
  const inner = configOf(block)['set_contact_property'];
  const given: readonly unknown[] = Array.isArray(inner) ? inner : [inner];
  const pairs = [configOf(block), ...given].filter(isRecord).flatMap((pair) => {
    const { property_key: name, property_value: value } = pair;
    return typeof name === 'string' && typeof value === 'string' ? [{ name, value }] : [];
  });
  if (pairs.length === 0) return leaveOut(from, block, 'it names no property.');
  const language = pairs.find(({ name }) => name === 'language');
  if (language !== undefined) return setLanguage(from, block, language.value);
  const slots: Record<string, unknown> = {};
  const compute: Record<string, unknown> = {};
  for (const { name, value } of pairs) {
    const slot = from.reading.slots.use(from.id, 'field', name);
    const found = valueOf(from, value);
    if (found !== null) from.reading.slots.fill(from.id, 'field', name);
    if (found === null)
      noteBlock(
        from,
        block,
        `property ${name}`,
        [],
        'its value is worked out from what no slot holds.',
        'nothing: the slot stays as it is.',
      );
    else if (found.kind === 'literal') slots[slot] = found.text === '' ? null : found.text;
    else compute[slot] = found.isNumber ? `string(slots.${found.slot})` : `slots.${found.slot}`;
  }
  if (Object.keys(slots).length + Object.keys(compute).length === 0)
    return leaveOut(from, block, 'nothing of it can be kept.');
  return {
    ...(Object.keys(slots).length === 0 ? {} : { slots }),
    ...(Object.keys(compute).length === 0 ? {} : { compute }),
  };
}

function setLanguage(from: FloipReading, block: Block, value: string): Setting | null {
  const { served } = from.reading.surroundings;
  const code = value.replace(/^@?\(?["']?|["']?\)?$/g, '');
  const tag = from.languages.get(code) ?? languageTag(code, [...from.languages.values()]);
  if (tag === null || (served !== null && !served.includes(tag)))
    return leaveOut(
      from,
      block,
      tag === null ? 'it names no known language.' : `the language ${tag} is not served here.`,
    );
  return { language: tag };
}

function setGroup(from: FloipReading, block: Block): Setting | null {
  const groups = configOf(block)['groups'];
  const first: unknown = Array.isArray(groups) ? groups[0] : undefined;
  const name =
    textIn(block, 'group_name') ||
    (isRecord(first) && typeof first['group_name'] === 'string' ? first['group_name'] : '') ||
    textIn(block, 'group_key');
  if (name === '') return leaveOut(from, block, 'it names no group.');
  const isMember = configOf(block)['is_member'];
  const leaves = isMember === false || /false/i.test(String(isMember)) || configOf(block)['clear'] === true;
  noteBlock(
    from,
    block,
    block.type,
    [],
    'contacts are in no groups here.',
    'a flag in the conversation, which is forgotten with it.',
  );
  from.reading.slots.fill(from.id, 'group', name);
  return { slots: { [from.reading.slots.use(from.id, 'group', name)]: leaves ? null : true } };
}

function setOutput(from: FloipReading, block: Block): Setting | null {
  const found = valueOf(from, textIn(block, 'value'));
  if (found === null) return leaveOut(from, block, 'its value is worked out from what no slot holds.');
  const slot = fillSlot(from, block);
  if (found.kind === 'literal') return { slots: { [slot]: found.text === '' ? null : found.text } };
  return { compute: { [slot]: found.isNumber ? `string(slots.${found.slot})` : `slots.${found.slot}` } };
}

type Value = { kind: 'literal'; text: string } | { kind: 'slot'; slot: string; isNumber: boolean };

function valueOf(from: FloipReading, text: string): Value | null {
  const bare = /^"([^"]*)"$/.exec(text.trim())?.[1];
  if (bare !== undefined) return { kind: 'literal', text: bare };
  const parts = splitTemplate(text, FLOIP_ROOTS);
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only === undefined) return null;
  if (only.kind === 'text') return { kind: 'literal', text: only.text.trim() };
  const quoted = /^(["'])([^"']*)\1$/.exec(only.expression)?.[2];
  if (quoted !== undefined) return { kind: 'literal', text: quoted };
  const found = referenceSlot(from, only.expression, null);
  return found === null ? null : { kind: 'slot', slot: found.slot, isNumber: found.isNumber };
}
