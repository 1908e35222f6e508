import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Assets, exitsOf, type Flow } from '../../../bot/index.ts';
import { flowToMermaid } from '../../../server/flow-drawing/mermaid.ts';
import { drawOptionsOf } from '../../../server/flow-drawing/picture.ts';
import { HOSTILE_OPTIONS, loadEveryKind } from './flows.ts';

let assets: Assets;
let everyKind: Flow;
beforeAll(async () => {
  ({ assets, flow: everyKind } = await loadEveryKind());
});

/** Mermaid's own reader needs a browser and 200 MB, so each line is held against the few shapes that are written. */
const LABEL = '"[^"\\n<>`&\\\\]*(?:<br/>[^"\\n<>`&\\\\]*)*"';
const SHAPES = [
  ['\\(', '\\)'],
  ['\\[/', '/\\]'],
  ['\\{\\{', '\\}\\}'],
  ['\\[', '\\]'],
  ['\\[\\\\', '/\\]'],
  ['\\[\\(', '\\)\\]'],
  ['\\[/', '\\\\\\]'],
  ['>', '\\]'],
  ['\\[\\[', '\\]\\]'],
  ['\\[\\\\', '\\\\\\]'],
  ['\\(\\[', '\\]\\)'],
].map(([open, close]) => `${open ?? ''}${LABEL}${close ?? ''}`);
const LINES = {
  node: new RegExp(`^ {2}(node_[a-z0-9_]+)(?:${SHAPES.join('|')}):::kind_[a-z]+$`),
  arrow: new RegExp(`^ {2}(node_[a-z0-9_]+) (?:-->|-\\.->)\\|(${LABEL})\\| (node_[a-z0-9_]+)$`),
  begin: /^ {2}begin\(\("start"\)\) --> (node_[a-z0-9_]+)$/,
  style: /^ {2}classDef kind_[a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}$/,
  told: /^ {2}acc(?:Title|Descr): [^\n]+$/,
} as const;

interface Read {
  nodes: readonly string[];
  arrows: readonly (readonly [from: string, exits: readonly string[], to: string])[];
}

function read(text: string): Read {
  const [first, ...lines] = text.trimEnd().split('\n');
  expect(first).toBe('flowchart TD');
  const unknown = lines.filter((line) => !Object.values(LINES).some((shape) => shape.test(line)));
  expect(unknown).toEqual([]);
  const nodes = lines.flatMap((line) => LINES.node.exec(line)?.[1] ?? []);
  const arrows = lines.flatMap((line) => {
    const [, from = '', label = '', to = ''] = LINES.arrow.exec(line) ?? [];
    return from === '' ? [] : [[from, label.slice(1, -1).split(' · '), to] as const];
  });
  return { nodes, arrows };
}

const idOf = (node: string): string => `node_${node.replaceAll('-', '_')}`;

describe('flowToMermaid', () => {
  it('writes every node once and every exit of every flow, and only lines that Mermaid reads', () => {
    for (const flow of [...assets.flows.values(), ...assets.releases.values()]) {
      const { nodes, arrows } = read(flowToMermaid(flow, drawOptionsOf(assets, flow, 'vi')));
      expect([...nodes].sort()).toEqual([...flow.nodes.keys()].map(idOf).sort());
      const written = arrows.flatMap(([from, exits, to]) =>
        exits.map((exit) => `${from} ${exit.replace(/ \d+[mhd]$/, '')} ${to}`),
      );
      const expected = [...flow.nodes.values()].flatMap((node) =>
        exitsOf(node).map(([exit, to]) => `${idOf(node.id)} ${exit} ${idOf(to)}`),
      );
      expect([...written].sort()).toEqual([...expected].sort());
    }
  });

  it('lets no text end its label or its line', () => {
    const text = flowToMermaid(everyKind, HOSTILE_OPTIONS);
    expect(read(text).nodes).toHaveLength(everyKind.nodes.size);
    expect(text).not.toMatch(/<(?!br\/>)/);
  });
});
