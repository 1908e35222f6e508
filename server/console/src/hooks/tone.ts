/** The tone for imminent danger: only for whoever switched it on, not on a break, once for all tabs of this browser. */
import { useEffect, useRef } from 'react';
import type { Queue } from '../../../api/contract.ts';
import { useServices } from '../app/services.ts';
import type { PlayTone } from '../app/tone.ts';
import { useMe } from './queries.ts';
import { useMyDesk } from './my-desk.ts';

/** Other tabs hear of the same person within a moment: they stay silent as long as this one holds the lock. */
const HELD_MS = 3_000;

export function useTone(queue: Queue | undefined): void {
  const { playTone } = useServices();
  const { data: me } = useMe();
  const { data: desk } = useMyDesk(me?.permissions.includes('desk') === true);
  const known = useRef<ReadonlySet<string> | null>(null);
  const isWanted = desk?.sound === true && desk.onBreakSince === null;
  useEffect(() => {
    if (queue === undefined) return;
    const imminent = queue.waiting.flatMap((item) => (item.risk === 'imminent' ? [item.conversationId] : []));
    const before = known.current;
    known.current = new Set(imminent);
    // who waited already when the page was opened is seen, not heard
    if (before === null || !isWanted || imminent.every((id) => before.has(id))) return;
    void playOnce(playTone);
  }, [queue, isWanted, playTone]);
}

async function playOnce(playTone: PlayTone): Promise<void> {
  if (!('locks' in navigator)) {
    playTone();
    return;
  }
  await navigator.locks.request('desk-tone', { ifAvailable: true }, async (lock) => {
    // a tab that nobody touched stays silent and leaves it to another
    if (lock === null || !playTone()) return;
    await new Promise((resolve) => setTimeout(resolve, HELD_MS));
  });
}
