/** Slows one source that opens many chats, and one chat that writes very fast; never stores an address. */
import { createHmac, randomBytes } from 'node:crypto';
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Clock } from '../ports.ts';

export type Pace = { kind: 'go' } | { kind: 'wait'; waitMs: number };

export interface WebchatLimits {
  /** @param address of the source, as Express sees it; undefined counts as one source */
  mayStart: (address: string | undefined) => Promise<Pace>;
  /** @param chat any stable key of the chat that is not its token */
  mayWrite: (chat: string) => Promise<Pace>;
}

/** A class of 50 behind one address may start together; after that the source gets one chat every two seconds. */
const STARTS_AT_ONCE = 60;
const STARTS_WINDOW_SECONDS = 600;
const START_EVERY_SECONDS = 2;
/** Nobody writes more by hand; queued messages after a long time offline still go through in a minute or two. */
const MESSAGES_PER_MINUTE = 40;

/**
 * Limits of this process (with several instances each counts for itself). Sources are told apart by an HMAC of the address
 * under a random key that lives one day and only in memory, so that nobody can turn it back into an address later.
 */
export function createWebchatLimits(clock: Clock): WebchatLimits {
  const starts = new BurstyRateLimiter(
    new RateLimiterMemory({ keyPrefix: 'start', points: 1, duration: START_EVERY_SECONDS }),
    new RateLimiterMemory({
      keyPrefix: 'burst',
      points: STARTS_AT_ONCE - 1,
      duration: STARTS_WINDOW_SECONDS,
    }),
  );
  const messages = new RateLimiterMemory({ keyPrefix: 'write', points: MESSAGES_PER_MINUTE, duration: 60 });
  let day = '';
  let key = randomBytes(32);

  const hideAddress = (address: string): string => {
    const today = clock.now().toISOString().slice(0, 10);
    if (today !== day) {
      day = today;
      key = randomBytes(32);
    }
    return createHmac('sha256', key).update(narrowAddress(address)).digest('base64url');
  };

  return {
    mayStart: (address) => consume(() => starts.consume(hideAddress(address ?? ''))),
    mayWrite: (chat) => consume(() => messages.consume(chat)),
  };
}

async function consume(take: () => Promise<unknown>): Promise<Pace> {
  try {
    await take();
    return { kind: 'go' };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return { kind: 'wait', waitMs: Math.max(1000, refusal.msBeforeNext) };
  }
}

/** One line of IPv6 has at least a /64 for itself; IPv4 inside IPv6 is the IPv4 address. */
export function narrowAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const missing = address.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
