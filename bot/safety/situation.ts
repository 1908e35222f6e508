/** What a scan says is happening, in the few kinds for which the flows have advice of their own. */
import type { DangerReason, DangerScan } from './danger.ts';

/**
 * The values the slot `danger_kind` may get from a scan; the first that applies is taken: what must be done soonest.
 * `lost`: somebody does not answer any more. `money`: ransom or a debt is what holds the person. `bar`: forced sex. `photos`: blackmail with pictures.
 */
export const DANGER_KINDS = [
  'life',
  'sea',
  'moved',
  'hurt',
  'child',
  'bar',
  'photos',
  'money',
  'papers',
  'held',
  'lost',
] as const;
export type DangerKind = (typeof DANGER_KINDS)[number];

/** By category of the rules in content/safety. A category that is not named here has no advice of its own: the flow asks. */
const KIND_OF: ReadonlyMap<string, DangerKind> = new Map([
  ['suicidal', 'life'],
  ['at_sea', 'sea'],
  ['transport_now', 'moved'],
  ['violence', 'hurt'],
  ['medical', 'hurt'],
  ['minor', 'child'],
  ['sexual_exploitation', 'bar'],
  ['online_blackmail', 'photos'],
  ['ransom', 'money'],
  ['debt_bondage', 'money'],
  ['docs_held', 'papers'],
  ['trapped', 'held'],
  ['escape', 'held'],
  ['forced_labour', 'held'],
  ['forced_scam', 'held'],
  ['child_labour', 'held'],
  ['begging', 'held'],
  ['missing_relative', 'lost'],
]);

/** @returns null when none of the reasons says what is happening ("cứu em với") */
export function kindOf(reasons: readonly Pick<DangerReason, 'category'>[]): DangerKind | null {
  const found = reasons.map(({ category }) => KIND_OF.get(category));
  return DANGER_KINDS.find((kind) => found.includes(kind)) ?? null;
}

/**
 * Whom it happens to, as far as the text tells: `relative` when somebody else is looked for or was taken away, `maybe` when
 * a relative is named or money is demanded (who is held must be asked), null when nothing speaks for anybody else.
 */
export function whoOf(
  scan: Pick<DangerScan, 'namesRelative'>,
  kind: DangerKind | null,
): 'relative' | 'maybe' | null {
  if (kind === 'lost' || kind === 'child') return 'relative';
  return scan.namesRelative || kind === 'money' ? 'maybe' : null;
}
