/** The safety scan of a turn: runs before any flow logic, raises what is new, and decides whether it interrupts. */
import { scanDanger } from '../safety/scan.ts';
import { type DangerReason, type DangerScan, RISK_LEVELS, type RiskLevel } from '../safety/danger.ts';
import { kindOf, whoOf } from '../safety/situation.ts';
import { type Draft, setSlot } from './draft.ts';
import { MAX_RECENT, MAX_RECENT_UTF16, RECENT_MINUTES } from './limits.ts';

/** Flow that speaks to somebody in danger; the flow that asks in the grey zone. Both are checked for at load. */
export const IN_DANGER_FLOW = 'in-danger';
export const ARE_YOU_SAFE_FLOW = 'are-you-safe';
/** Where in-danger begins for somebody who misses a relative: with numbers, without asking what was told already. */
export const RELATIVE_NODE = 'kin';

export type DangerOutcome =
  | { kind: 'none' }
  /** the person says plainly that nothing is wrong, after danger was raised */
  | { kind: 'all_clear' }
  | { kind: 'ask' }
  /** somebody is looked for, without a sign of danger so far: in-danger begins at `node`, unless something else is being asked */
  | { kind: 'lost'; node: string }
  /** `node`: where the flow in-danger begins, null = at its start */
  | { kind: 'interrupt'; node: string | null };

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
    if (isInDangerFlow(draft)) setSlot(draft, SITUATION.kind, NOTHING_WRONG);
    return { kind: 'all_clear' };
  }
  if (rank(scan.level) > rank(session.risk)) session.risk = scan.level;
  // somebody in the flow for danger is being asked already
  if (isInDangerFlow(draft)) return { kind: 'none' };
  if (kindOf(scan.reasons) === 'lost' && session.mode === 'normal') {
    keepSituation(draft, scan.reasons, scan);
    session.raised = [...session.raised, ...scan.reasons.map(({ rule }) => rule)];
    // whoever looks for somebody has told already what the grey-zone question would ask
    return { kind: scan.ask ? 'interrupt' : 'lost', node: RELATIVE_NODE };
  }
  if (!scan.ask || wasAsked(draft) || isUrgent(session.risk)) return { kind: 'none' };
  keepSituation(draft, scan.reasons, scan);
  return { kind: 'ask' };
}

/** Also where another flow (for families) runs inside it. */
function isInDangerFlow(draft: Draft): boolean {
  return draft.session.place.some(({ flow }) => flow === IN_DANGER_FLOW);
}

/** Slots the scan fills for the flow in-danger, so that it need not ask what was told: see `bot/safety/situation.ts`. */
const SITUATION = { kind: 'danger_kind', who: 'danger_who', young: 'danger_young' } as const;

/** The kind when somebody says in the middle of the flow that nothing is wrong: no advice follows. */
const NOTHING_WRONG = 'clear';

/** Mark in `session.raised`: what is said to the young was said. */
const YOUNG = 'young';

/** What an earlier message said is no longer so when a new one begins the flow: a slot nothing speaks for is emptied. */
function keepSituation(draft: Draft, reasons: readonly DangerReason[], scan: DangerScan): void {
  const kind = kindOf(reasons);
  const found = { kind, who: whoOf(scan, kind), young: scan.minor ? true : null };
  for (const name of ['kind', 'who', 'young'] as const)
    if ((draft.session.slots[SITUATION[name]] ?? null) !== found[name])
      setSlot(draft, SITUATION[name], found[name]);
  if (scan.minor) draft.session.raised = [...new Set([...draft.session.raised, YOUNG])];
}

/** In the middle of the flow only news count: who is in danger was asked, and the same advice is not given twice. */
function addNews(draft: Draft, fresh: readonly DangerReason[], scan: DangerScan): void {
  const { assets, session } = draft;
  const told = assets.danger.rules.filter(({ id }) => session.raised.includes(id));
  const kind = kindOf(fresh);
  if (kind !== null && !told.some((rule) => kindOf([rule]) === kind)) setSlot(draft, SITUATION.kind, kind);
  if (!scan.minor || session.raised.includes(YOUNG)) return;
  setSlot(draft, SITUATION.young, true);
  session.raised = [...session.raised, YOUNG];
}

/** Mark in `session.raised`: the grey-zone question was asked, once is enough. */
const ASKED = 'asked';

export function wasAsked(draft: Draft): boolean {
  return draft.session.raised.includes(ASKED);
}

export function markAsked(draft: Draft): void {
  draft.session.raised = [...draft.session.raised, ASKED];
}

/**
 * Only what the newest text itself says counts: a country of an earlier offer is not where the person is. Where a relative
 * is named it is the relative's country: whoever writes from Vietnam cannot call a short number there.
 */
function keepCountry(draft: Draft, text: string): void {
  const { country, namesRelative } = scanDanger(draft.assets.danger, [text]);
  const slot = namesRelative ? 'family_country' : 'person_country';
  if (country !== null && draft.session.slots[slot] === undefined) setSlot(draft, slot, country);
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
  const inFlow = isInDangerFlow(draft);
  if (inFlow) addNews(draft, fresh, scan);
  else keepSituation(draft, scan.reasons, scan);
  if (fresh.length > 0 || rank(scan.level) > rank(session.risk) || !inFlow) {
    session.raised = [...session.raised, ...fresh.map((reason) => reason.rule)];
    raiseDanger(draft, scan.level, scan.reasons, scan.minor);
  }
  return inFlow ? { kind: 'none' } : { kind: 'interrupt', node: entryFor(draft) };
}

/** While somebody may be reading along nothing about a relative is said: the flow begins as it always does. */
function entryFor({ session }: Draft): string | null {
  return session.mode === 'normal' && session.slots[SITUATION.who] === 'relative' ? RELATIVE_NODE : null;
}

function recentTexts(draft: Draft): readonly string[] {
  const since = draft.world.now.getTime() - RECENT_MINUTES * 60_000;
  draft.session.recent = draft.session.recent.filter((entry) => new Date(entry.at).getTime() >= since);
  return draft.session.recent.map((entry) => entry.text);
}

function rank(level: RiskLevel): number {
  return RISK_LEVELS.indexOf(level);
}
