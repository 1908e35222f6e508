/** The proof over all flows: nobody is left alone, nothing betrays, nothing promises, nothing false is shown. */
import type { Assets, Problem } from '../content/assets.ts';
import { fault } from '../content/yaml.ts';
import { flowAt } from '../flow/versions.ts';
import { type Explored, explore } from './explore.ts';
import { proveReach } from './reach.ts';
import type { Frame } from './state.ts';
import { type ChannelFit, proveTexts } from './texts.ts';
import type { WalkFault } from './walker.ts';

export interface Proof {
  problems: readonly Problem[];
  /** places where the bot waits, each with what is known of values there */
  states: number;
  /** inputs tried at them */
  inputs: number;
  /** texts read as somebody would see them */
  texts: number;
  /** most inputs needed from any place to a person, and to a number in each mode; Infinity = not in reach */
  person: number;
  number: { normal: number; quiet: number };
  /** `flow.node (exit)`: conditions of which every answer was assumed, because they are more than comparisons */
  assumed: readonly string[];
}

export interface ProofOptions {
  /** facts must be shown on this day */
  now: Date;
  channels: readonly ChannelFit[];
}

export function prove(assets: Assets, { now, channels }: ProofOptions): Proof {
  const explored = explore(assets);
  const texts = proveTexts(assets, explored.said, now, channels);
  const reach = proveReach(assets, explored, texts.showsNumber);
  return {
    problems: [
      ...explored.faults.map((one) => describeFault(assets, one)),
      ...unreached(assets, explored),
      ...(explored.cut ? [tooMany()] : []),
      ...texts.problems,
      ...reach.problems,
    ],
    states: explored.places.size,
    inputs: explored.inputs,
    texts: texts.read,
    person: reach.person,
    number: reach.number,
    assumed: explored.assumed,
  };
}

function describeFault(assets: Assets, one: WalkFault & { path: string }): Problem {
  const { code, frame, detail, path } = one;
  const way = `Way there: ${path}`;
  switch (code) {
    case 'loop':
      return faultAt(
        assets,
        frame,
        `runs in a circle without ever waiting for the person (${detail}). ${way}`,
        'put an ask into the circle',
      );
    case 'condition_fails':
      return faultAt(
        assets,
        frame,
        `the condition cannot always be worked out: ${detail}. ${way}`,
        'ask first whether the value is there, has(slots.x) && …, and never divide by what may be 0',
      );
    case 'no_exit':
      return faultAt(assets, frame, `no exit takes "${detail}". ${way}`, 'add that exit, or "else"');
    case 'unknown_node':
      return faultAt(
        assets,
        frame,
        `the node "${detail}" does not exist. ${way}`,
        'name a node of this flow',
      );
  }
}

/** Conditions may shut a node off though an exit leads to it. */
function unreached(assets: Assets, explored: Explored): readonly Problem[] {
  return [...assets.flows.values()].flatMap((flow) =>
    [...flow.nodes.values()]
      .filter((node) => !explored.reached.has(node))
      .map(({ id }) =>
        faultAt(
          assets,
          { flow: flow.id, version: flow.version, node: id, step: 0 },
          'nobody can ever get here: no path leads here, or its conditions never hold',
          'lead an exit here, correct the conditions, or delete the node',
        ),
      ),
  );
}

function tooMany(): Problem {
  return fault(
    'flows',
    null,
    'there are more states than are explored, so nothing is proved',
    'let conditions read fewer slots together',
  );
}

function faultAt(assets: Assets, frame: Frame, message: string, mend: string): Problem {
  const flow = flowAt(assets, frame);
  return fault(flow?.path ?? 'flows', flow?.lines.get(frame.node) ?? null, `${frame.node}: ${message}`, mend);
}
