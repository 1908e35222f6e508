/** Brings our own export back: ids, exits and texts from the blocks, the rest from what was written beside them. */
import { NODE_KINDS } from '../../bot/index.ts';
import type { Target } from './draft.ts';
import { exitName, exitTarget, type FloipReading, noteBlock, textIn } from './floip-flow.ts';
import type { Block, Container, FloipFlow } from './floip-shapes.ts';
import {
  JOIN,
  OwnBlockSchema,
  OwnContainerSchema,
  type OwnFlow,
  OwnFlowSchema,
  resourceText,
  VENDOR,
} from './own.ts';
import { isRecord } from './read-json.ts';
import { toIcu } from './template.ts';

type Messages = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export function ownMessages(container: Container): Messages {
  const parsed = OwnContainerSchema.safeParse(container.vendor_metadata?.[VENDOR]);
  return parsed.success ? parsed.data.messages : {};
}

export function ownFlow(flow: FloipFlow): OwnFlow | null {
  const parsed = OwnFlowSchema.safeParse(flow.vendor_metadata?.[VENDOR]);
  return parsed.success ? parsed.data : null;
}

/** @returns false when the block carries nothing of ours, or nothing that can be read */
export function readOwnBlock(from: FloipReading, block: Block, messages: Messages): boolean {
  const parsed = OwnBlockSchema.safeParse(block.vendor_metadata?.[VENDOR]);
  if (!parsed.success || !NODE_KINDS.some((kind) => kind in parsed.data.node)) return false;
  const { node, hasExits, messages: keys, labels } = parsed.data;
  const exits: readonly (readonly [string, Target])[] = block.exits.map((exit) => [
    exitName(exit),
    exitTarget(exit),
  ]);
  const lost = exits.filter(([, target]) => target === null || target === '').map(([name]) => name);
  if (hasExits && lost.length > 0)
    noteBlock(
      from,
      block,
      `exit ${lost.join(', ')}`,
      [],
      'it leads nowhere any more.',
      'the flow ends there.',
    );
  from.nodes.push({
    key: block.uuid,
    wish: block.name.replaceAll('_', '-'),
    body: node,
    exits: hasExits ? exits : null,
    from: [block.uuid, ...block.exits.map(({ uuid }) => uuid)],
    node: block.uuid,
    messages: [...keys, ...labels],
  });
  for (const [language, entries] of Object.entries(messages)) {
    for (const key of labels) if (key in entries) from.reading.texts.putWhole(language, key, entries[key]);
    putTexts(from, block, language, keys, entries);
  }
  return true;
}

/** A text that somebody changed in the resource since is taken as it is there. */
function putTexts(
  from: FloipReading,
  block: Block,
  language: string,
  keys: readonly string[],
  entries: Readonly<Record<string, unknown>>,
): void {
  const known = keys.filter((key) => key in entries);
  const written = known.map((key) => resourceText(entries[key])).join(JOIN);
  const now = from.resources
    .get(textIn(block, 'prompt'))
    ?.values.find(
      (value) =>
        value.content_type.toUpperCase() === 'TEXT' && from.languages.get(value.language_id) === language,
    )?.value;
  const isChanged = typeof now === 'string' && now !== '' && now !== written;
  const only = keys.length === 1 ? keys[0] : undefined;
  if (isChanged && only === undefined)
    noteBlock(
      from,
      block,
      `text in ${language}`,
      [],
      'it was changed elsewhere, but it is several texts here.',
      `the texts as they were: ${keys.join(', ')}.`,
    );
  for (const key of known) {
    const entry = entries[key];
    if (!isChanged || key !== only) {
      from.reading.texts.putWhole(language, key, entry);
      continue;
    }
    const text = toIcu(now, {
      slotOf: (reference) => /^flow\.([a-z][A-Za-z0-9_]*)$/.exec(reference)?.[1] ?? null,
      roots: ['flow'],
      report: () => undefined,
    });
    noteBlock(
      from,
      block,
      `text in ${language}`,
      [],
      'it was changed elsewhere.',
      `${key} has the new text; its other variants are as they were.`,
    );
    from.reading.texts.putWhole(language, key, isRecord(entry) ? { ...entry, text } : text);
  }
}
