/** Files that cannot be read: every fault with its place and what to do, all at once, and nothing of their texts. */
import { describe, expect, it } from '@jest/globals';
import { importFlows } from '../../../server/flow-exchange/import.ts';
import { MAX_INPUT_UTF16 } from '../../../server/flow-exchange/read-json.ts';
import { describeFault } from '../../../server/flow-exchange/report.ts';
import { nothingBeside, readFixture } from './fixtures.ts';

function faultsOf(text: string): readonly string[] {
  const result = importFlows(text, nothingBeside);
  return result.kind === 'refused' ? result.faults.map(describeFault) : [];
}

const rapid = (nodes: readonly unknown[], extra: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ version: '13', flows: [{ uuid: 'f', name: 'F', language: 'eng', nodes }], ...extra });
const floip = (blocks: readonly unknown[], extra: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    specification_version: '1.0.0-rc3',
    flows: [{ uuid: 'f', name: 'F', blocks }],
    resources: [],
    ...extra,
  });
const exit = (to: string | null) => ({ uuid: 'e', destination_uuid: to, destination_block: to });

describe('importFlows refuses', () => {
  it.each<[string, string, readonly RegExp[]]>([
    ['nothing', '', [/^file: the file is empty/]],
    [
      'a web page',
      '<!DOCTYPE html><html><body>Sign in</body></html>',
      [/^file: this is a web page.*Download the export itself/],
    ],
    [
      'half a file',
      '{\n  "flows": [\n    {"uuid": "secret-text',
      [/^line 3, column \d+: this is not JSON from here on\. Export/],
    ],
    ['a stray sign', '{"flows": [}', [/^line 1, column 12: this is not JSON/]],
    ['a number', '42', [/^file: this is neither RapidPro/]],
    ['null', 'null', [/^file: this is neither/]],
    ['an empty list of flows', '{"flows": []}', [/^file: this is neither/]],
    ['another kind of file', '{"intents": [], "rules": []}', [/^file: this is neither/]],
    [
      '20 MB',
      `{"flows": ["${'x'.repeat(20_000_000)}"]}`,
      [/^file: the file is larger than 10 MB\. Export fewer/],
    ],
    ['deep nesting', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, [/^file: values lie more than 40 deep/]],
    [
      'RapidPro of before 13',
      '{"version": "11.12", "flows": [{"action_sets": [], "rule_sets": []}]}',
      [/^version: .*before version 13\. Import it into RapidPro/],
    ],
    [
      'an unknown version of RapidPro',
      rapid([], { version: '99' }),
      [/^version: this version of RapidPro exports is not known/],
    ],
    [
      'an unknown version of FLOIP',
      floip([{ uuid: 'b', type: 'Core.Log' }], { specification_version: '9.0' }),
      [/^specification_version: .*not known\. Export version 1\.0\.0-rc1 to rc4/],
    ],
    [
      'targets that are not there, all at once',
      rapid([
        { uuid: 'a', exits: [exit('nowhere')] },
        { uuid: 'b', exits: [exit('neither')] },
        { uuid: 'b', exits: [] },
      ]),
      [
        /^flows\[0\]\.nodes\[2\]\.uuid: two nodes have the same uuid/,
        /^flows\[0\]\.nodes\[0\]\.exits\[0\]: it leads to a node that does not exist/,
        /^flows\[0\]\.nodes\[1\]\.exits\[0\]: it leads to a node that does not exist/,
      ],
    ],
    [
      'a router that names what is not there',
      rapid([
        {
          uuid: 'a',
          exits: [exit(null)],
          router: {
            type: 'switch',
            categories: [{ uuid: 'c', name: 'C', exit_uuid: 'x' }],
            cases: [{ uuid: 'k', type: 'has_text', category_uuid: 'y' }],
            default_category_uuid: 'z',
            wait: { type: 'msg', timeout: { seconds: 60, category_uuid: 'w' } },
          },
        },
      ]),
      [
        /categories\[0\]: its exit/,
        /cases\[0\]: its category/,
        /default_category_uuid: this category/,
        /wait\.timeout: its category/,
      ],
    ],
    [
      'blocks that lead nowhere, and a start that is not there',
      floip([
        { uuid: 'a', type: 'Core.Log', exits: [exit('nowhere')] },
        { uuid: 'a', type: 'Core.Log', exits: [] },
      ]).replace('"name":"F"', '"name":"F","first_block_id":"z"'),
      [
        /blocks\[1\]\.uuid: two blocks/,
        /first_block_id: the first block does not exist/,
        /blocks\[0\]\.exits\[0\]: it leads to a block/,
      ],
    ],
    [
      'values of the wrong kind, each with its place',
      rapid([{ uuid: 7, actions: [{ type: 'send_msg' }], exits: 'none' }]),
      [
        /^flows\[0\]\.nodes\[0\]\.uuid: /,
        /^flows\[0\]\.nodes\[0\]\.actions\[0\]\.uuid: /,
        /^flows\[0\]\.nodes\[0\]\.exits: /,
      ],
    ],
  ])('%s', (_title, text, wanted) => {
    const faults = faultsOf(text);
    expect(faults).toHaveLength(wanted.length);
    wanted.forEach((pattern, index) => {
      expect(faults[index]).toMatch(pattern);
    });
    expect(faults.join('\n')).not.toContain('secret-text');
  });

  it('lists at most twenty faults of shape and says how many more there are', () => {
    const faults = faultsOf(rapid(Array.from({ length: 50 }, () => ({ exits: [] }))));
    expect(faults).toHaveLength(21);
    expect(faults.at(-1)).toBe('file: 30 more faults like these. Mend these first.');
  });
});

describe('importFlows survives', () => {
  it('a chain of many nodes', () => {
    const count = 20_000;
    const nodes = Array.from({ length: count }, (_, index) => ({
      uuid: `n${index}`,
      actions: [{ uuid: `a${index}`, type: 'set_run_result', name: 'x', value: `${index}` }],
      exits: [{ uuid: `e${index}`, destination_uuid: index + 1 < count ? `n${index + 1}` : null }],
    }));
    const text = rapid(nodes);
    expect(text.length).toBeLessThan(MAX_INPUT_UTF16);
    const result = importFlows(text, nothingBeside);
    expect(result.kind === 'imported' ? result.placed.length : 0).toBe(3 * count);
  });

  it('any cut of a real file', () => {
    const text = readFixture('rapidpro/glific-help.json');
    for (let end = 1; end < text.length; end += 97)
      expect(importFlows(text.slice(0, end), nothingBeside).kind).toBe('refused');
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', '…', '1', '', 'over', 'any other skip'])(
    'a flow, a node, a result and a category called %j',
    (name) => {
      const text = rapid([
        {
          uuid: 'a',
          actions: [{ uuid: 'x', type: 'send_msg', text: `@results.${name} @fields.${name}` }],
          router: {
            type: 'switch',
            wait: { type: 'msg' },
            result_name: name,
            categories: [
              { uuid: 'c', name, exit_uuid: 'e' },
              { uuid: 'd', name, exit_uuid: 'e' },
            ],
            cases: [{ uuid: 'k', type: 'has_any_word', arguments: [name], category_uuid: 'c' }],
            default_category_uuid: 'd',
          },
          exits: [exit('a')],
        },
      ]).replace('"name":"F"', `"name":${JSON.stringify(name)}`);
      const result = importFlows(text, nothingBeside);
      expect(result.kind).toBe('imported');
    },
  );
});
