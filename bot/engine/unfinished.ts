/** Questions left half-way: kept for some days, so that the person can take them up where they were. */
import { flowAt, moveOf } from '../flow/versions.ts';
import { type Draft, nodeAt } from './draft.ts';
import { isUrgent } from './danger.ts';
import { RESUME_DAYS, STALE_HOURS } from './limits.ts';
import { type Place, shortPlace } from './session.ts';

const HOUR_MS = 3_600_000;

/** Call before the place is left for something else. Only flows with `resume` are kept, and only while a question is open. */
export function leaveHalfWay(draft: Draft): void {
  const { place } = draft.session;
  if (topicOf(draft, place) === null) return;
  draft.session.unfinished = { at: draft.world.now.toISOString(), place };
}

/** True while a question is open that is kept when the person leaves it. */
export function isHalfWay(draft: Draft): boolean {
  return topicOf(draft, draft.session.place) !== null;
}

/** Call when a flow starts anew or is finished: an older half of it is no longer what the person wants. */
export function dropHalf(draft: Draft, flow: string): void {
  if ((draft.assets.flows.get(flow)?.resume ?? null) === null) return;
  if (draft.session.unfinished?.place.some((position) => position.flow === flow) === true)
    draft.session.unfinished = null;
}

/** Message key that names what the unfinished question is about, or null. */
export function unfinishedTopic(draft: Draft): string | null {
  const { unfinished } = draft.session;
  return unfinished === null ? null : topicOf(draft, unfinished.place);
}

/** Stands where the person was. False when there is nothing to take up, or it is gone. */
export function takeUp(draft: Draft): boolean {
  const { unfinished } = draft.session;
  draft.session.unfinished = null;
  if (unfinished === null) return false;
  const place = bringOver(draft, unfinished.place);
  if (place === null) return false;
  forgetWayBack(draft, unfinished.place);
  draft.session.place = place;
  draft.session.misses = 0;
  return true;
}

/** "Back" then leads to what was asked before that question, not to the offer to take it up, which is gone. */
function forgetWayBack(draft: Draft, place: Place): void {
  const { history } = draft.session;
  const left = history.findLastIndex(({ at }) => at === shortPlace(place));
  if (left >= 0) draft.session.history = history.slice(0, left);
}

/** The same place in versions that are kept today; null when it is gone. */
export function bringOver(draft: Draft, place: Place): Place | null {
  const moved = place.map((position) => {
    const move = moveOf(draft.assets, position);
    if (move.kind === 'stays') return position;
    return move.kind === 'moves' ? move.position : null;
  });
  const whole = moved.filter((position) => position !== null);
  return whole.length === place.length ? whole : null;
}

/** At the start of a turn: forgets what is too old, and puts aside a question nobody answered for half a day. */
export function ageUnfinished(draft: Draft): void {
  const { session, world } = draft;
  const ageMs = (at: string): number => world.now.getTime() - new Date(at).getTime();
  if (session.unfinished !== null && ageMs(session.unfinished.at) > RESUME_DAYS * 24 * HOUR_MS)
    session.unfinished = null;
  if (session.lastAt === null || ageMs(session.lastAt) <= STALE_HOURS * HOUR_MS) return;
  if (session.mode === 'quiet' || isUrgent(session.risk) || topicOf(draft, session.place) === null) return;
  leaveHalfWay(draft);
  session.place = [];
}

function topicOf(draft: Draft, place: Place): string | null {
  const top = place.at(-1);
  const node = top === undefined ? null : nodeAt(draft, top);
  if (node?.kind !== 'ask' && node?.kind !== 'lesson') return null;
  if (node.kind === 'ask' && node.settled === true) return null;
  const topics = place.map((position) => flowAt(draft.assets, position)?.resume ?? null);
  return topics.findLast((topic) => topic !== null) ?? null;
}
