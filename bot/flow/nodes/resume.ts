/** resume: back to the question the person left half-way. */
import { takeUp } from '../../engine/unfinished.ts';
import type { Draft } from '../../engine/draft.ts';
import type { ResumeNode } from '../schema.ts';
import type { NodeResult } from './result.ts';

export function enterResume(draft: Draft, node: ResumeNode): NodeResult {
  return takeUp(draft) ? { kind: 'resumed' } : { kind: 'goto', exit: 'none', node: node.exits.none };
}
