/** Edits of a flow file: only what is meant changes, comments stay, and every edit can be taken back byte for byte. */
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { copyNodes, editFlow } from '../../../server/flow-editing/edit-flow.ts';
import { FlowOperationSchema, type FlowOperation } from '../../../server/flow-editing/operations.ts';
import { readSources } from '../../support/assets.ts';

const FLOW = `# what it is for
id: tea
version: 2
start: hello
migrations:
  - { from: 1, nodes: { old: ask } }
nodes:
  - { id: hello, say: tea.hello, exits: { done: ask } } # first
  # the question
  - id: ask
    ask: tea.ask
    exits: { yes: bye, no: bye }

  - {
      id: bye, # politely
      say: tea.bye,
      exits: { done: end },
    }
  - { id: end, end: true }
`;

const NodesSchema = z.object({
  nodes: z.array(z.object({ id: z.string(), exits: z.record(z.string(), z.string()).optional() })),
});

describe('editFlow', () => {
  it.each<[string, FlowOperation, string, string]>([
    [
      'adds a node behind another',
      { kind: 'add_node', node: { id: 'more', say: 'tea.more', exits: { done: 'end' } }, after: 'hello' },
      '# first\n',
      '# first\n  - { id: more, say: tea.more, exits: { done: end } }\n',
    ],
    [
      'adds a node in front',
      { kind: 'add_node', node: { id: 'more', end: true }, after: null },
      'nodes:\n',
      'nodes:\n  - { id: more, end: true }\n',
    ],
    [
      'changes a field and leaves the comment beside it',
      { kind: 'set_field', node: 'bye', path: ['say'], value: 'tea.later' },
      'say: tea.bye',
      'say: tea.later',
    ],
    [
      'adds a field to a node in block style',
      { kind: 'set_field', node: 'ask', path: ['wait'], value: '15m' },
      'no: bye }\n',
      'no: bye }\n    wait: 15m\n',
    ],
    [
      'quotes a condition that YAML would read otherwise',
      { kind: 'set_field', node: 'hello', path: ['by'], value: 'a, b: {c}' },
      'done: ask } }',
      "done: ask }, by: 'a, b: {c}' }",
    ],
    [
      'keeps line breaks of a value, on one line',
      { kind: 'set_field', node: 'hello', path: ['by'], value: `${'a'.repeat(60)}\nb` },
      'done: ask } }',
      `done: ask }, by: "${'a'.repeat(60)}\\nb" }`,
    ],
    [
      'takes a field away',
      { kind: 'set_field', node: 'hello', path: ['say'], value: null },
      'say: tea.hello, ',
      '',
    ],
    [
      'leads an exit elsewhere',
      { kind: 'connect', node: 'ask', exit: 'no', target: 'end' },
      'no: bye',
      'no: end',
    ],
    [
      'adds an exit',
      { kind: 'connect', node: 'ask', exit: 'other', target: 'hello' },
      'no: bye }',
      'no: bye, other: hello }',
    ],
    ['takes the last exit away', { kind: 'disconnect', node: 'ask', exit: 'no' }, ', no: bye', ''],
    ['takes the only exit away', { kind: 'disconnect', node: 'bye', exit: 'done' }, '{ done: end }', '{}'],
  ])('%s', (_title, operation, before, after) => {
    const edited = editFlow(FLOW, [FlowOperationSchema.parse(operation)]);
    if (edited.kind !== 'edited') throw new Error(edited.fault);
    expect(edited.text).toBe(FLOW.replace(before, after));
    expect(editFlow(edited.text, [edited.inverse])).toMatchObject({ text: FLOW });
  });

  it('renames a node with everything that leads to it, also from earlier versions', () => {
    const edited = editFlow(FLOW, [{ kind: 'rename_node', node: 'ask', to: 'question' }]);
    expect(edited).toMatchObject({
      text: FLOW.replace('old: ask', 'old: question')
        .replace('done: ask', 'done: question')
        .replace('id: ask', 'id: question'),
    });
  });

  it('deletes a node with the exits that lead to it', () => {
    const edited = editFlow(FLOW, [{ kind: 'delete_node', node: 'bye' }]);
    if (edited.kind !== 'edited') throw new Error(edited.fault);
    expect(edited.text).toContain('  # the question\n  - id: ask\n    ask: tea.ask\n    exits: {}\n');
    expect(edited.text).not.toContain('bye');
  });

  it('moves a node with its comment', () => {
    const edited = editFlow(FLOW, [{ kind: 'move_node', node: 'hello', after: 'bye' }]);
    if (edited.kind !== 'edited') throw new Error(edited.fault);
    expect(edited.text).toContain('    }\n  - { id: hello, say: tea.hello, exits: { done: ask } } # first\n');
    expect(editFlow(edited.text, [edited.inverse])).toMatchObject({ text: FLOW });
  });

  it('pastes copied nodes under new ids; their exits follow', () => {
    const nodes = copyNodes(FLOW, ['ask', 'bye', 'nobody']);
    const edited = editFlow(FLOW, [FlowOperationSchema.parse({ kind: 'paste_nodes', nodes, after: 'end' })]);
    if (edited.kind !== 'edited') throw new Error(edited.fault);
    expect(edited.text).toBe(
      `${FLOW}  - { id: ask-2, ask: tea.ask, exits: { yes: bye-2, no: bye-2 } }\n` +
        '  - { id: bye-2, say: tea.bye, exits: { done: end } }\n',
    );
  });

  it.each<[FlowOperation, string]>([
    [{ kind: 'delete_node', node: 'hello' }, 'is_start'],
    [{ kind: 'delete_node', node: 'nobody' }, 'unknown_node'],
    [{ kind: 'rename_node', node: 'bye', to: 'ask' }, 'id_taken'],
    [{ kind: 'add_node', node: { id: 'ask' }, after: null }, 'id_taken'],
    [{ kind: 'move_node', node: 'ask', after: 'nobody' }, 'unknown_node'],
    [{ kind: 'set_field', node: 'ask', path: ['id'], value: 'x' }, 'unknown_field'],
  ])('changes nothing at all by %j', (operation, fault) => {
    const first: FlowOperation = { kind: 'disconnect', node: 'ask', exit: 'no' };
    expect(editFlow(FLOW, [first, operation])).toEqual({ kind: 'refused', fault });
  });

  it('takes a rename and the loss of all exits back byte for byte, at every node of every flow', async () => {
    const flows = (await readSources()).filter(({ path }) => /^flows\/[^/]+\.yaml$/.test(path));
    expect(flows.length).toBeGreaterThan(20);
    for (const { text } of flows) {
      const { nodes } = NodesSchema.parse(parse(text));
      for (const { id, exits } of nodes) {
        const cuts = Object.keys(exits ?? {}).map(
          (exit) => ({ kind: 'disconnect', node: id, exit }) as const,
        );
        const edited = editFlow(text, [...cuts, { kind: 'rename_node', node: id, to: 'renamed-here' }]);
        if (edited.kind !== 'edited') throw new Error(edited.fault);
        expect(NodesSchema.parse(parse(edited.text)).nodes).toHaveLength(nodes.length);
        expect(editFlow(edited.text, [edited.inverse])).toMatchObject({ text });
      }
    }
  });
});
