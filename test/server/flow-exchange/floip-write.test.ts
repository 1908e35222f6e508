/** Our flows as FLOIP, and back again. */
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { compileFlow } from '../../../bot/flow/compile.ts';
import type { Flow } from '../../../bot/flow/schema.ts';
import { readYaml } from '../../../bot/content/yaml.ts';
import { exportFlows } from '../../../server/flow-exchange/floip-write.ts';
import { loadRealAssets, readSources } from '../../support/assets.ts';
import { imported } from './fixtures.ts';

const MODIFIED = '2026-11-25T00:00:00.000Z';
const assets = await loadRealAssets();
const sources = await readSources();
const ids = [...assets.flows.keys()];
const exported = exportFlows(assets, sources, ids, MODIFIED);

const Uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const Vendor = z.record(z.string(), z.unknown());
/** What the schema of 1.0.0-rc4 demands of every container; no key beside these is allowed. */
const StrictContainer = z.strictObject({
  specification_version: z.literal('1.0.0-rc4'),
  uuid: Uuid,
  name: z.string(),
  description: z.string(),
  vendor_metadata: Vendor,
  flows: z.array(
    z.strictObject({
      uuid: Uuid,
      name: z.string().min(3),
      label: z.string(),
      last_modified: z.iso.datetime(),
      interaction_timeout: z.number().min(0),
      vendor_metadata: Vendor,
      supported_modes: z.array(z.enum(['RICH_MESSAGING', 'TEXT'])).min(1),
      languages: z
        .array(
          z.strictObject({
            id: z.string(),
            label: z.string(),
            iso_639_3: z.string().regex(/^[a-z]{3}$/),
            bcp_47: z.string(),
          }),
        )
        .min(1),
      blocks: z
        .array(
          z.strictObject({
            uuid: Uuid,
            name: z.string().regex(/^[a-zA-Z_]\w+$/),
            label: z.string(),
            semantic_label: z.string(),
            tags: z.array(z.string()),
            vendor_metadata: z.looseObject({
              floip: z.object({ ui_metadata: z.object({ branching_type: z.string() }) }),
            }),
            ui_metadata: z.strictObject({
              canvas_coordinates: z.strictObject({ x: z.number(), y: z.number() }),
            }),
            type: z.string(),
            config: z.record(z.string(), z.unknown()),
            exits: z
              .array(
                z.strictObject({
                  uuid: Uuid,
                  name: z.string(),
                  destination_block: Uuid.optional(),
                  test: z.string().optional(),
                  default: z.literal(true).optional(),
                }),
              )
              .min(1),
          }),
        )
        .min(1),
      first_block_id: Uuid,
      resources: z.array(
        z.strictObject({
          uuid: Uuid,
          values: z.array(
            z.strictObject({
              language_id: z.string(),
              content_type: z.literal('TEXT'),
              mime_type: z.string(),
              modes: z.array(z.string()).min(1),
              value: z.string().min(1),
            }),
          ),
        }),
      ),
    }),
  ),
});
const container = StrictContainer.parse(JSON.parse(exported.text));

function compiled(text: string, path: string): Flow {
  const source = readYaml({ path, text });
  if (!source.ok) throw new Error(source.problems[0]?.message);
  const { flow, problems } = compileFlow(source.file);
  expect(problems).toEqual([]);
  if (flow === null) throw new Error('no flow');
  return flow;
}

/** All that a flow means; not where its nodes stand in the file, nor what is compiled from it. */
const meaningOf = ({ path, lines: _lines, expressions: _expressions, ...flow }: Flow): unknown => ({
  ...flow,
  path,
  nodes: [...flow.nodes.values()],
});

describe('an export', () => {
  it('has every flow, with resources in every served language', () => {
    expect(container.flows.map(({ name }) => name)).toEqual(ids);
    const prompts = container.flows.flatMap(({ resources }) => resources);
    expect(prompts.length).toBeGreaterThan(80);
    const languages = new Set(
      prompts.map(({ values }) => values.map((value) => value.language_id).join(' ')),
    );
    expect([...languages]).toEqual(['vi en']);
  });

  it('leads every exit to a block and every prompt and choice to a resource', () => {
    for (const flow of container.flows) {
      const blocks = new Set(flow.blocks.map(({ uuid }) => uuid));
      const resources = new Set(flow.resources.map(({ uuid }) => uuid));
      const targets = flow.blocks.flatMap(({ exits }) =>
        exits.flatMap((exit) => exit.destination_block ?? []),
      );
      const named = flow.blocks.flatMap(({ config }) => {
        const choices = z.record(z.string(), z.string()).optional().parse(config['choices']) ?? {};
        return [config['prompt'], ...Object.values(choices)].filter((one) => one !== undefined);
      });
      expect(targets.filter((target) => !blocks.has(target))).toEqual([]);
      expect(named.filter((one) => typeof one !== 'string' || !resources.has(one))).toEqual([]);
      expect(blocks.has(flow.first_block_id)).toBe(true);
    }
  });

  it('is the same for the same content', () => {
    expect(exportFlows(assets, sources, ids, MODIFIED)).toEqual(exported);
  });

  it('notes each node that FLOIP cannot say', () => {
    const noted = new Set(exported.notes.map(({ flow, node }) => `${flow ?? ''}.${node ?? ''}`));
    const unsaid = ids.flatMap((id) =>
      [...(assets.flows.get(id)?.nodes.values() ?? [])]
        .filter(
          (node) =>
            ['handover', 'check', 'lesson', 'resume', 'pick'].includes(node.kind) ||
            (node.kind === 'branch' && typeof node.branch !== 'string') ||
            (node.kind === 'set' && node.set.mode !== undefined),
        )
        .map((node) => `${id}.${node.id}`),
    );
    expect(unsaid.length).toBeGreaterThan(15);
    expect(unsaid.filter((node) => !noted.has(node))).toEqual([]);
  });
});

describe('an export read back', () => {
  const back = imported(exported.text);

  it.each(ids)('gives %s node for node', (id) => {
    const file = back.flows.find(({ path }) => path === `flows/${id}.yaml`);
    const original = assets.flows.get(id);
    if (file === undefined || original === undefined) throw new Error(id);
    expect(meaningOf(compiled(file.text, file.path))).toEqual(meaningOf(original));
  });

  it('has nothing to note', () => {
    expect(back.notes).toEqual([]);
  });

  it.each(['vi', 'en'])('brings the %s texts as they are written', (language) => {
    const raw = z.record(z.string(), z.unknown());
    const before = raw.parse(
      parse(sources.find(({ path }) => path === `content/messages/${language}.yaml`)?.text ?? ''),
    );
    const after = raw.parse(parse(back.messages[language]?.text ?? ''));
    const keys = Object.keys(after);
    expect(keys.length).toBeGreaterThan(60);
    expect(after).toEqual(Object.fromEntries(keys.map((key) => [key, before[key]])));
  });

  const changed = (from: string, to: string): string => {
    if (!exported.text.includes(from)) throw new Error(`${from} is not in the export`);
    return exported.text.replace(from, to);
  };

  it('takes a text that was changed in its resource, and says so', () => {
    const before = 'What do you need?';
    const { messages, notes } = imported(
      exportWith(
        'probe',
        [`- { id: q, say: probe.q, exits: { done: over } }`, '- { id: over, end: true }'],
        `probe.q: ${before} {age}`,
      ).replace('"value": "What do you need? @(flow.age)"', '"value": "What is it, at @(flow.age)?"'),
    );
    expect(parse(messages['en']?.text ?? '')).toEqual({ 'probe.q': 'What is it, at {age}?' });
    expect(notes.map(({ part, node }) => [part, node])).toEqual([['text in en', expect.any(String)]]);
  });

  it.each([
    [
      'an id that is none',
      '"id": "thanks",\n          "version": 1',
      '"id": "Thanks!",\n          "version": 1',
    ],
    [
      'a head that would replace the nodes',
      '"id": "thanks",\n          "version": 1,\n          "head": {}',
      '"id": "thanks",\n          "version": 1,\n          "head": {"nodes": []}',
    ],
  ])('reads a flow as any other with %s', (_title, from, to) => {
    const { flows } = imported(changed(from, to));
    expect(flows.find(({ path }) => path === 'flows/thanks.yaml')?.text).toContain('imported from FLOIP');
  });

  it('reads a block that somebody added as that of any other tool', () => {
    const { flows, notes } = imported(
      changed(
        '"blocks": [',
        '"blocks": [{"uuid": "added", "name": "added", "type": "MobilePrimitives.Message", "config": {"prompt": "Hello"}, "exits": [{"uuid": "added-exit"}]},',
      ),
    );
    expect(flows[0]?.text).toContain('- { id: added, say:');
    expect(notes.map(({ node, lost }) => [node, lost])).toEqual([
      ['added', 'this block was added elsewhere.'],
    ]);
  });
});

/** Exports one flow that is not of the content, with texts in English and Vietnamese. */
function exportWith(id: string, nodes: readonly string[], texts: string): string {
  const flow = compiled(
    `id: ${id}\nversion: 1\nstart: q\nnodes:\n${nodes.map((node) => `  ${node}`).join('\n')}\n`,
    `flows/${id}.yaml`,
  );
  const beside = { ...assets, flows: new Map([[id, flow]]) };
  const own = sources.map((source) =>
    /^content\/messages\/en\.yaml$/.test(source.path)
      ? { ...source, text: `${source.text}\n${texts}\n` }
      : source,
  );
  return exportFlows(beside, own, [id], MODIFIED).text;
}
