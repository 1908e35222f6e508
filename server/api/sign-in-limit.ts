/** Slows guessing of passwords and links, over all instances; the keys in the table are keyed hashes. */
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Pool } from 'pg';
import type { Vault } from '../ports.ts';

export interface SignInLimit {
  /** Counts before anything is checked. @returns seconds to wait, or null to go on */
  countSignIn: (email: string, address: string) => Promise<number | null>;
  /** the right password was given: this person starts from zero again */
  forgive: (email: string, address: string) => Promise<void>;
  /** second factors and passwords of somebody who is signed in: counted before anything is checked */
  countFactor: (userId: string) => Promise<number | null>;
  forgiveFactor: (userId: string) => Promise<void>;
  /** links: one address may try a few */
  countLink: (address: string) => Promise<number | null>;
}

/** One person at one address mistypes five times in a quarter of an hour; an office behind one address twelve times that. */
const WINDOW_SECONDS = 900;
const PER_PERSON_AND_ADDRESS = 5;
const PER_PERSON = 30;
const PER_ADDRESS = 60;
const LINKS_PER_ADDRESS = 30;
/** Of a million codes three are right at any moment: five tries in a quarter of an hour find one in about two years. */
const FACTORS_PER_PERSON = 5;

export function createSignInLimit(pool: Pool, vault: Vault): SignInLimit {
  const make = (keyPrefix: string, points: number): RateLimiterPostgres =>
    new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout: true,
      keyPrefix,
      points,
      duration: WINDOW_SECONDS,
    });
  const both = make('sign_in_both', PER_PERSON_AND_ADDRESS);
  const person = make('sign_in_person', PER_PERSON);
  const place = make('sign_in_address', PER_ADDRESS);
  const link = make('link_address', LINKS_PER_ADDRESS);
  const factor = make('factor_person', FACTORS_PER_PERSON);
  const key = (...parts: string[]): string =>
    vault
      .hash('sign_in_limit', parts.map((part) => part.trim().toLowerCase()).join('\n'))
      .toString('base64url');

  return {
    countSignIn: async (email, address) => {
      // one after the other: who is stopped by the narrowest limit does not use up the wider ones of others
      return (
        (await consume(both, key(email, address))) ??
        (await consume(place, key(address))) ??
        (await consume(person, key(email)))
      );
    },
    forgive: async (email, address) => {
      await both.delete(key(email, address));
    },
    countFactor: (userId) => consume(factor, key(userId)),
    forgiveFactor: async (userId) => {
      await factor.delete(key(userId));
    },
    countLink: (address) => consume(link, key(address)),
  };
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
  }
}
