/** Password rules and hashing: argon2id, few at a time, the same work for an account that does not exist. */
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { COMMON_WORDS } from './common-passwords.ts';

/** OWASP ASVS 5.0, 6.2.1 and 6.2.9; in characters, not bytes. */
export const MIN_PASSWORD_CHARACTERS = 12;
export const MAX_PASSWORD_CHARACTERS = 128;

/** 64 MiB and 3 passes: about 0.2 s for staff, who sign in once a shift (measured, console.md 4.2). */
const COST = { memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;
/** Four at a time take 256 MiB at most; more wait. */
const MAX_AT_ONCE = 4;
/** Who would wait longer than about ten seconds is told to come back. */
const MAX_WAITING = 200;

export type PasswordFault = 'password_too_short' | 'password_too_long' | 'password_common';

/** @param own words that name the account: they may be part of a password, but not all of it */
export function findPasswordFault(password: string, own: readonly string[] = []): PasswordFault | null {
  const characters = Array.from(password.normalize('NFC'));
  if (characters.length < MIN_PASSWORD_CHARACTERS) return 'password_too_short';
  if (characters.length > MAX_PASSWORD_CHARACTERS) return 'password_too_long';
  if (new Set(characters).size < 5) return 'password_common';
  let rest = simplify(password);
  for (const word of [...own.flatMap(splitWords), ...COMMON_WORDS]) rest = rest.replaceAll(word, '');
  // what no list explains must be worth guessing
  return new Set(rest).size < 4 ? 'password_common' : null;
}

/** Lower case, no diacritics, digits that stand for letters read as letters; punctuation gone. */
function simplify(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replaceAll('@', 'a')
    .replaceAll('$', 's')
    .replace(/[\s!-/:-?[-`{-~]/g, '');
}

function splitWords(text: string): string[] {
  return text
    .split(/[\s@.+_-]+/)
    .map(simplify)
    .filter((word) => word.length >= 3);
}

export interface Passwords {
  hash: (password: string) => Promise<string>;
  /** @param stored null for an account that does not exist: takes as long, answers false */
  check: (password: string, stored: string | null) => Promise<boolean>;
  /** true when made with a lower cost than today's */
  needsRehash: (stored: string) => boolean;
}

/** @throws RangeError when too many wait already */
export function createPasswords(): Passwords {
  const limit = createLimit(MAX_AT_ONCE, MAX_WAITING);
  let dummy: Promise<string> | null = null;
  const hashNow = (password: string): Promise<string> => limit(() => hash(password.normalize('NFC'), COST));
  return {
    hash: hashNow,
    check: async (password, stored) => {
      dummy ??= hashNow('no account has this password');
      const against = stored ?? (await dummy);
      const right = await limit(() => verify(against, password.normalize('NFC')));
      return right && stored !== null;
    },
    needsRehash: (stored) => {
      const used = parseOptions(stored);
      return used.memoryCost < COST.memoryCost || used.timeCost < COST.timeCost;
    },
  };
}

function createLimit(atOnce: number, maxWaiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= maxWaiting) throw new RangeError('too many passwords at once');
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
