/** What a draft changes, as somebody who reviews it reads it: texts, flows, facts and rules, and the lines of the files. */
import { structuredPatch } from 'diff';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ChangedText } from './draft-content.ts';

export interface ContentDiff {
  files: {
    path: string;
    change: ChangedText['change'];
    hunks: { from: number; to: number; lines: { kind: 'same' | 'out' | 'in'; text: string }[] }[];
  }[];
  texts: {
    language: string;
    key: string;
    tone: string | null;
    before: string | null;
    after: string | null;
  }[];
  flows: {
    flow: string;
    versionBefore: number | null;
    versionAfter: number | null;
    added: string[];
    removed: string[];
    changed: string[];
  }[];
  facts: { path: string; place: string; before: string | null; after: string | null }[];
}

const MESSAGES = /^(?:content\/messages|translations)\/([A-Za-z0-9-]+)\.yaml$/;
const FLOW = /^flows\/[a-z0-9-]+\.yaml$/;
const FACTS =
  /^content\/(?:registers|signals|safety|intents|canned|languages|lessons)\/|^content\/[a-z-]+\.yaml$/;
/** A file that is rewritten as a whole is read as a file, not value by value. */
const MOST_PLACES = 400;
/** lines around a change */
const CONTEXT = 2;

export function diffContent(changed: readonly ChangedText[]): ContentDiff {
  return {
    files: changed.map(({ path, change, before, after }) => ({
      path,
      change,
      hunks: hunksOf(before, after),
    })),
    texts: changed.flatMap(({ path, before, after }) => {
      const language = MESSAGES.exec(path)?.[1];
      return language === undefined ? [] : diffTexts(language, before, after);
    }),
    flows: changed.flatMap(({ path, before, after }) => (FLOW.test(path) ? diffFlow(before, after) : [])),
    facts: changed.flatMap(({ path, before, after }) =>
      FACTS.test(path) && !MESSAGES.test(path) && path.endsWith('.yaml')
        ? diffPlaces(path, before, after)
        : [],
    ),
  };
}

function hunksOf(before: string | null, after: string | null): ContentDiff['files'][number]['hunks'] {
  const patch = structuredPatch('', '', before ?? '', after ?? '', '', '', { context: CONTEXT });
  return patch.hunks.map(({ oldStart, newStart, lines }) => ({
    ...{ from: oldStart, to: newStart },
    lines: lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => ({ kind: KINDS[line.charAt(0)] ?? 'same', text: line.slice(1) })),
  }));
}
const KINDS: Readonly<Record<string, 'out' | 'in'>> = { '-': 'out', '+': 'in' };

/** @returns null when it cannot be read; what it holds then only shows as lines */
function read(text: string | null): unknown {
  if (text === null) return {};
  try {
    return parse(text, { maxAliasCount: 50 });
  } catch {
    return null;
  }
}

const RecordSchema = z.record(z.string(), z.unknown());

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  const result = RecordSchema.safeParse(value);
  return result.success ? result.data : {};
}

/** Each text of a message apart: `{ text, quiet, child … }`, or the text itself. */
function diffTexts(language: string, before: string | null, after: string | null): ContentDiff['texts'] {
  const messagesOf = (text: string | null): Readonly<Record<string, unknown>> => {
    const all = recordOf(read(text));
    return 'texts' in all && 'language' in all ? recordOf(all['texts']) : all;
  };
  const from = messagesOf(before);
  const to = messagesOf(after);
  return unionOf(from, to).flatMap((key) => {
    const said = partsOf(from[key]);
    const says = partsOf(to[key]);
    return unionOf(said, says).flatMap((part) =>
      said[part] === says[part]
        ? []
        : [
            {
              ...{ language, key, tone: part === 'text' ? null : part },
              ...{ before: said[part] ?? null, after: says[part] ?? null },
            },
          ],
    );
  });
}

function partsOf(message: unknown): Readonly<Record<string, string>> {
  if (typeof message === 'string') return { text: message };
  return Object.fromEntries(
    Object.entries(recordOf(message)).map(([part, value]) => [
      part,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

const FlowSchema = z.object({
  id: z.string(),
  version: z.int(),
  nodes: z.array(z.looseObject({ id: z.string() })),
});

function diffFlow(before: string | null, after: string | null): ContentDiff['flows'] {
  const from = FlowSchema.safeParse(read(before)).data ?? null;
  const to = FlowSchema.safeParse(read(after)).data ?? null;
  const id = to?.id ?? from?.id;
  if (id === undefined) return [];
  const nodesOf = (flow: z.infer<typeof FlowSchema> | null): Map<string, string> =>
    new Map((flow?.nodes ?? []).map((node) => [node.id, JSON.stringify(node)]));
  const old = nodesOf(from);
  const now = nodesOf(to);
  return [
    {
      ...{ flow: id, versionBefore: from?.version ?? null, versionAfter: to?.version ?? null },
      added: [...now.keys()].filter((node) => !old.has(node)),
      removed: [...old.keys()].filter((node) => !now.has(node)),
      changed: [...now.keys()].filter((node) => old.has(node) && old.get(node) !== now.get(node)),
    },
  ];
}

/** Value by value; entries of lists are named by their `id` where they have one, so that a new first entry moves nothing. */
function diffPlaces(path: string, before: string | null, after: string | null): ContentDiff['facts'] {
  const from = placesOf(read(before));
  const to = placesOf(read(after));
  const places = [...new Set([...from.keys(), ...to.keys()])].filter(
    (place) => from.get(place) !== to.get(place),
  );
  if (places.length > MOST_PLACES) return [];
  return places.map((place) => ({
    ...{ path, place },
    ...{ before: from.get(place) ?? null, after: to.get(place) ?? null },
  }));
}

function placesOf(value: unknown, at = ''): ReadonlyMap<string, string> {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.every((item) => typeof item !== 'object' || item === null))
      return new Map([[at, items.map(String).join(', ')]]);
    return new Map(
      items.flatMap((item, index) => {
        const { id, channel, tag, code } = recordOf(item);
        const name = [id, channel, tag, code].find((one) => typeof one === 'string') ?? `${index + 1}`;
        return [...placesOf(item, at === '' ? name : `${at} › ${name}`)];
      }),
    );
  }
  if (typeof value === 'object' && value !== null)
    return new Map(
      Object.entries(value).flatMap(([key, inner]) => [
        ...placesOf(inner, at === '' ? key : `${at} › ${key}`),
      ]),
    );
  return new Map([[at, typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)]]);
}

function unionOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}
