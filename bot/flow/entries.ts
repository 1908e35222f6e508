/** Where flows are entered from outside: by the engine, by a phrase of content/routes.yaml, by a wish of content/intents. */
import type { Assets } from '../content/assets.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW } from '../engine/danger.ts';
import type { Flow } from './schema.ts';

/** Flows and nodes the engine jumps to by name. */
export const REQUIRED_NODES: readonly (readonly [flow: string, node: string | null])[] = [
  ['welcome', 'menu'],
  ['welcome', 'language'],
  ['welcome', 'unhush'],
  ['check-offer', null],
  [IN_DANGER_FLOW, null],
  [ARE_YOU_SAFE_FLOW, null],
  ['talk-to-a-person', null],
  ['erase', null],
];

/** Nodes of a flow that are entered by name: by the engine, a route, or a wish; some may be the start. */
export function entriesOf(assets: Assets, flow: Flow): readonly string[] {
  const required = REQUIRED_NODES.filter(([id]) => id === flow.id).map(([, node]) => node);
  const routed = assets.words.routes
    .filter(({ route }) => route.flow === flow.id)
    .map(({ route }) => route.node);
  const wished = [...assets.intents.byId.values()].flatMap(({ answer }) =>
    answer !== 'none' && 'flow' in answer && answer.flow === flow.id ? [answer.node ?? null] : [],
  );
  const offered = flow.id === 'welcome' ? ['other-language'] : [];
  return [...required, ...routed, ...wished, ...offered].filter((node) => node !== null);
}
