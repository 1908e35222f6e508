/** Flows alone, without the rest of the content: enough to say where people who stand in one would go. */
import type { AssetSource } from '../content/assets.ts';
import { readYaml } from '../content/yaml.ts';
import { compileFlow } from './compile.ts';
import { type FlowVersions, moveOf, releaseKey } from './versions.ts';
import type { Flow } from './schema.ts';

const RELEASED = 'flows/released/';

/** Files that cannot be read are passed over: whoever checks the content tells of them. */
export function readFlowVersions(sources: readonly AssetSource[]): FlowVersions {
  const flows = new Map<string, Flow>();
  const releases = new Map<string, Flow>();
  for (const source of sources) {
    if (!source.path.startsWith('flows/') || !source.path.endsWith('.yaml')) continue;
    const read = readYaml(source);
    const flow = read.ok ? compileFlow(read.file).flow : null;
    if (flow === null) continue;
    if (source.path.startsWith(RELEASED)) releases.set(releaseKey(flow.id, flow.version), flow);
    else flows.set(flow.id, flow);
  }
  return { flows, releases };
}

/** What becomes of somebody who stands at `node` of that version. */
export function whereTo(
  versions: FlowVersions,
  place: { flow: string; version: number; node: string },
): { then: 'stays' | 'gone'; to: null } | { then: 'moves'; to: string } {
  const move = moveOf(versions, { ...place, step: 0 });
  return move.kind === 'moves' ? { then: 'moves', to: move.position.node } : { then: move.kind, to: null };
}
