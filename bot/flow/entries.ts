/** Where a flow can be entered besides its start: nodes the engine, a route or an intent names. */
import type { Assets } from '../content/assets.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW, RELATIVE_NODE } from '../engine/danger.ts';
import { OTHER_LANGUAGE_NODE, WELCOME_FLOW } from '../engine/reading.ts';
import type { Flow } from './schema.ts';

/** Flows and nodes the engine jumps to by name. */
export const REQUIRED_NODES: readonly (readonly [flow: string, node: string | null])[] = [
  ['welcome', 'menu'],
  ['welcome', 'language'],
  ['welcome', 'unhush'],
  ['check-offer', null],
  [IN_DANGER_FLOW, null],
  [IN_DANGER_FLOW, RELATIVE_NODE],
  [ARE_YOU_SAFE_FLOW, null],
  ['talk-to-a-person', null],
  ['erase', null],
];

/** Without the start, which need not be named. */
export function entriesOf(assets: Assets, flow: Flow): readonly string[] {
  const required = REQUIRED_NODES.filter(([id]) => id === flow.id).map(([, node]) => node);
  const routed = assets.words.routes
    .filter(({ route }) => route.flow === flow.id)
    .map(({ route }) => route.node);
  const wished = [...assets.intents.byId.values()].flatMap(({ answer }) =>
    answer !== 'none' && 'flow' in answer && answer.flow === flow.id ? [answer.node ?? null] : [],
  );
  const offered = flow.id === WELCOME_FLOW ? [OTHER_LANGUAGE_NODE] : [];
  return [...required, ...routed, ...wished, ...offered].filter((node) => node !== null);
}
