/** Writes flows of ours as one FLOIP container (1.0.0-rc4); what FLOIP cannot say lies beside it and in the notes. */
import { parse } from 'yaml';
import type { Assets, AssetSource } from '../../bot/index.ts';
import { type ExportedFlow, type ExportedNode, type Resources, writeBlock } from './floip-write-blocks.ts';
import { blockName, uuidOf, VENDOR } from './own.ts';
import { isRecord } from './read-json.ts';
import type { Note } from './report.ts';

export interface Exported {
  /** JSON, indented, with a line break at its end */
  text: string;
  notes: readonly Note[];
}

/** Seconds without a word after which a run counts as over elsewhere; here a conversation is taken up again after days. */
const INTERACTION_TIMEOUT_S = 86_400;

/** ISO 639-3 of languages that have a two-letter code; others have the same one in both. */
const ISO_639_3: Readonly<Record<string, string>> = {
  vi: 'vie',
  en: 'eng',
  km: 'khm',
  lo: 'lao',
  th: 'tha',
  my: 'mya',
  zh: 'zho',
};

/**
 * Pure.
 *
 * @param sources the content the assets were loaded from: texts are exported as they are written
 * @param ids flows to export, in this order
 * @param modified ISO 8601
 */
export function exportFlows(
  assets: Assets,
  sources: readonly AssetSource[],
  ids: readonly string[],
  modified: string,
): Exported {
  const notes: Note[] = [];
  const texts = new Map(assets.languages.map((language) => [language, readEntries(sources, language)]));
  const flows = ids.flatMap((id) => assets.flows.get(id) ?? []);
  const kept = new Set<string>();
  const written = flows.map((flow) => {
    const resources = createResources(texts, kept);
    const here: ExportedFlow = { id: flow.id, notes, resources, askedBy: new Map() };
    for (const node of flow.nodes.values())
      if (node.kind === 'ask' && node.slot !== undefined) here.askedBy.set(node.slot, blockName(node.id));
    const blocks = [...flow.nodes.values()].map((node: ExportedNode, index) =>
      writeBlock(here, flow, node, index),
    );
    const { resume, slots, args, results, migrations } = flow;
    if (resume !== null) resources.keep(resume);
    return {
      uuid: uuidOf(`flow/${flow.id}`),
      name: flow.id,
      label: flow.id,
      last_modified: modified,
      interaction_timeout: INTERACTION_TIMEOUT_S,
      vendor_metadata: {
        [VENDOR]: {
          id: flow.id,
          version: flow.version,
          head: {
            ...(resume === null ? {} : { resume }),
            ...filled('slots', slots),
            ...filled('args', args),
            ...filled('results', results),
            ...(migrations.length === 0 ? {} : { migrations }),
          },
        },
      },
      supported_modes: ['RICH_MESSAGING', 'TEXT'],
      languages: assets.languages.map((tag) => ({ id: tag, label: tag, iso_639_3: iso3(tag), bcp_47: tag })),
      blocks,
      first_block_id: uuidOf(`block/${flow.id}/${flow.start}`),
      resources: resources.all(),
    };
  });
  const container = {
    specification_version: '1.0.0-rc4',
    uuid: uuidOf(`container/${ids.join(' ')}`),
    name: 'Hỏi Trước',
    description: `Flows: ${ids.join(', ')}`,
    vendor_metadata: { [VENDOR]: { messages: entriesOf(texts, kept) } },
    flows: written,
  };
  return { text: `${JSON.stringify(container, null, 2)}\n`, notes };
}

function filled(name: string, value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}

function iso3(tag: string): string {
  const language = tag.split('-')[0] ?? tag;
  return ISO_639_3[language] ?? (language.length === 3 ? language : 'mis');
}

function readEntries(sources: readonly AssetSource[], language: string): Readonly<Record<string, unknown>> {
  const text = sources.find(({ path }) => path === `content/messages/${language}.yaml`)?.text ?? '';
  const data: unknown = parse(text);
  return isRecord(data) ? data : {};
}

/** Entries as they are written, for the way back. */
function entriesOf(
  texts: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  kept: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...texts].map(([language, entries]) => [
      language,
      Object.fromEntries(Object.entries(entries).filter(([key]) => kept.has(key))),
    ]),
  );
}

function createResources(
  texts: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  kept: Set<string>,
): Resources {
  const made = new Map<string, unknown>();
  return {
    keep: (key) => {
      kept.add(key);
    },
    entry: (language, key) => texts.get(language)?.[key],
    put: (name, valueIn) => {
      const uuid = uuidOf(`resource/${name}`);
      if (made.has(uuid)) return uuid;
      const values = [...texts.keys()].flatMap((language) => {
        const value = valueIn(language);
        return value === null || value === ''
          ? []
          : [
              {
                language_id: language,
                content_type: 'TEXT',
                mime_type: 'text/plain',
                modes: ['RICH_MESSAGING', 'TEXT'],
                value,
              },
            ];
      });
      made.set(uuid, { uuid, values });
      return uuid;
    },
    all: () => [...made.values()],
  };
}
