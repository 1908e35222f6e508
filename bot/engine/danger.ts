/** The safety scan of a turn: runs before any flow logic, raises what is new, and decides whether it interrupts. */
import { scanDanger } from '../safety/scan.ts';
import { type DangerReason, type DangerScan, RISK_LEVELS, type RiskLevel } from '../safety/danger.ts';
import { type Draft, setSlot, topOf } from './draft.ts';
import { MAX_RECENT, MAX_RECENT_UTF16, RECENT_MINUTES } from './limits.ts';

/** Flow that speaks to somebody in danger; the flow that asks in the grey zone. Both are checked for at load. */
export const IN_DANGER_FLOW = 'in-danger';
export const ARE_YOU_SAFE_FLOW = 'are-you-safe';

export type DangerOutcome =
  | { kind: 'none' }
  /** the person says plainly that nothing is wrong, after danger was raised */
  | { kind: 'all_clear' }
  | { kind: 'ask' }
  | { kind: 'interrupt' };

/** Scans what was just written together with the last minutes. */
export function scanTurn(draft: Draft, text: string): DangerOutcome {
  const { session, assets } = draft;
  const earlier = recentTexts(draft);
  const scan = scanDanger(assets.danger, [...earlier, text]);
  session.recent = [
    ...session.recent.slice(-MAX_RECENT + 1),
    { at: draft.world.now.toISOString(), text: text.slice(0, MAX_RECENT_UTF16) },
  ];
  if (scan.country !== null) keepCountry(draft, text);
  if (isUrgent(scan.level)) return raise(draft, scan);
  if (scan.allClear && isUrgent(session.risk)) {
    draft.events.push({ type: 'danger_cleared' });
    return { kind: 'all_clear' };
  }
  if (rank(scan.level) > rank(session.risk)) session.risk = scan.level;
  // somebody in the flow for danger is being asked already
  const isHeard = isUrgent(session.risk) || topOf(draft)?.flow === IN_DANGER_FLOW;
  if (!scan.ask || session.raised.includes(ASKED) || isHeard) return { kind: 'none' };
  return { kind: 'ask' };
}

/** Mark in `session.raised`: the grey-zone question was asked, once is enough. */
const ASKED = 'asked';

export function wasAsked(draft: Draft): boolean {
  return draft.session.raised.includes(ASKED);
}

export function markAsked(draft: Draft): void {
  draft.session.raised = [...draft.session.raised, ASKED];
}

/** Only what the newest text itself says counts: a country of an earlier offer is not where the person is. */
function keepCountry(draft: Draft, text: string): void {
  if (draft.session.slots['person_country'] !== undefined) return;
  const { country } = scanDanger(draft.assets.danger, [text]);
  if (country !== null) setSlot(draft, 'person_country', country);
}

/** The newest text is not read together with the next ones; its place stays, so that reasons keep pointing right. */
export function forgetLastText(draft: Draft): void {
  const { recent } = draft.session;
  const last = recent.at(-1);
  if (last !== undefined) draft.session.recent = [...recent.slice(0, -1), { at: last.at, text: '' }];
}

export function isUrgent(level: RiskLevel): boolean {
  return level === 'high' || level === 'imminent';
}

/** Raises danger found otherwise than by the scan (the person answered "yes"). */
export function raiseDanger(
  draft: Draft,
  level: RiskLevel,
  reasons: readonly DangerReason[],
  minor: boolean,
): void {
  if (rank(level) > rank(draft.session.risk)) draft.session.risk = level;
  draft.events.push({ type: 'danger_raised', level, reasons, minor });
  draft.events.push({ type: 'handover_requested', id: draft.world.newId(), level, cause: 'danger', reasons });
}

function raise(draft: Draft, scan: DangerScan): DangerOutcome {
  const { session } = draft;
  const fresh = scan.reasons.filter((reason) => !session.raised.includes(reason.rule));
  const inFlow = topOf(draft)?.flow === IN_DANGER_FLOW;
  if (fresh.length > 0 || rank(scan.level) > rank(session.risk) || !inFlow) {
    session.raised = [...session.raised, ...fresh.map((reason) => reason.rule)];
    raiseDanger(draft, scan.level, scan.reasons, scan.minor);
  }
  return inFlow ? { kind: 'none' } : { kind: 'interrupt' };
}

function recentTexts(draft: Draft): readonly string[] {
  const since = draft.world.now.getTime() - RECENT_MINUTES * 60_000;
  draft.session.recent = draft.session.recent.filter((entry) => new Date(entry.at).getTime() >= since);
  return draft.session.recent.map((entry) => entry.text);
}

function rank(level: RiskLevel): number {
  return RISK_LEVELS.indexOf(level);
}
