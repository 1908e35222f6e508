/** Leads a session over to today's version of its flows, at the start of a turn. */
import { moveOf } from '../flow/versions.ts';
import { type Draft, setSlot } from './draft.ts';
import type { Position } from './session.ts';

/**
 * Sets `draft.recap`: `none` while the question is the one the person was asked; `moved`: they stand at another question now,
 * so what they write is not its answer; `gone`: there is nothing to go on with. The last two are told so (`system.recap`).
 */
export function bringForward(draft: Draft): void {
  const { place } = draft.session;
  const moves = place.map((position) => ({ position, move: moveOf(draft.assets, position) }));
  if (moves.every(({ move }) => move.kind === 'stays')) return;
  const lost = moves.find(({ move }) => move.kind === 'gone');
  if (lost !== undefined) {
    report(draft, lost.position, null);
    draft.session.place = [];
    draft.session.misses = 0;
    draft.recap = 'gone';
    return;
  }
  draft.session.place = moves.map(({ position, move }, index) => {
    if (move.kind !== 'moves') return position;
    report(draft, position, move.position.version);
    renameSlots(draft, move.renamed);
    if (index === moves.length - 1 && !move.sameQuestion) {
      draft.recap = 'moved';
      draft.session.misses = 0;
    }
    return move.position;
  });
}

function report(draft: Draft, position: Position, to: number | null): void {
  draft.events.push({ type: 'session_migrated', flow: position.flow, from: position.version, to });
}

/** All at once, so that two slots may change places. */
function renameSlots(draft: Draft, renamed: ReadonlyMap<string, string | null>): void {
  const values = [...renamed].map(([from, to]) => ({ from, to, value: draft.session.slots[from] }));
  for (const { from, value } of values) if (value !== undefined) setSlot(draft, from, null);
  for (const { to, value } of values) if (to !== null && value !== undefined) setSlot(draft, to, value);
}
