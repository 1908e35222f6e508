/** Events this instance stored a moment ago, so that its worker need not open what was sealed in the same breath. */
import type { InboundEvent } from '../channels/adapter.ts';

/** More waiting than this is a backlog, and opening is what it costs least. */
const MAX_EVENTS = 512;
/** what another instance has taken is not kept in the clear for longer */
const KEEP_MS = 5_000;

export interface FreshEvents {
  /** only what this call stored: of a second delivery the first one counts */
  keep: (event: InboundEvent, now: Date) => void;
  /** @returns the event, once; null = open it */
  take: (dedupeKey: string) => InboundEvent | null;
  forgetOld: (now: Date) => void;
}

export function createFreshEvents(): FreshEvents {
  /** oldest first */
  const kept = new Map<string, { event: InboundEvent; until: number }>();
  return {
    keep: (event, now) => {
      if (kept.size < MAX_EVENTS) kept.set(event.dedupeKey, { event, until: now.getTime() + KEEP_MS });
    },
    take: (dedupeKey) => {
      const found = kept.get(dedupeKey);
      kept.delete(dedupeKey);
      return found?.event ?? null;
    },
    forgetOld: (now) => {
      for (const [key, { until }] of kept) {
        if (until > now.getTime()) return;
        kept.delete(key);
      }
    },
  };
}
