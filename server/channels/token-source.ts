/** Access tokens that expire and rotate: what an adapter asks for, and what whoever stores them must promise. Types only. */
import type { ChannelHealth } from './adapter.ts';

export interface AccessToken {
  /** goes into a request header and nowhere else */
  token: string;
  /** counts the pairs of an account: a newer token has a higher one */
  generation: number;
}

/** Why there is no token. Stable codes, safe to log and to show. */
export type TokenFault =
  /** nobody has authorised this account yet */
  | 'token_missing'
  /** the refresh token is spent or refused: only an operator can help, by authorising again */
  | 'token_lost'
  /** the platform's sign-in does not answer; it is tried again */
  | 'token_refresh_failing'
  /** the platform refuses a token it gave a moment ago */
  | 'token_refused'
  /** another instance has been refreshing for longer than we wait */
  | 'token_busy'
  /** the database does not answer, or what it holds does not open */
  | 'token_store_failed';

export type TokenResult = { ok: true; access: AccessToken } | { ok: false; fault: TokenFault };

/** Gives out tokens that are good now. Nothing here rejects. */
export interface TokenSource {
  /** Waits while a refresh is under way, here or in another instance. */
  get: () => Promise<TokenResult>;
  /** The platform refused this one: gives a newer one, after at most one refresh over all instances. */
  replace: (refused: AccessToken) => Promise<TokenResult>;
  /** Refreshes when it is time; call it every few minutes. */
  keepFresh: () => Promise<void>;
  /** Resolves when no refresh is under way here; call it before the store is closed. */
  settle: () => Promise<void>;
  health: () => Promise<ChannelHealth>;
}

/** What the platform gave. Both are single strings without spaces; the refresh token works once. */
export interface TokenPair {
  /** null: only a refresh token is known yet */
  accessToken: string | null;
  refreshToken: string;
  obtainedAt: Date;
  /** of the access token */
  expiresAt: Date;
}

export interface StoredPair extends TokenPair {
  generation: number;
  /**
   * `refreshing`: its refresh token was, or is being, shown to the platform and no answer is stored. Found without anybody at
   * work, it means that a refresh ended half-way: the token may be spent.
   */
  state: 'ready' | 'refreshing' | 'lost';
  /** refreshes begun with this pair */
  attempts: number;
  /** the next one is not begun before */
  notBefore: Date | null;
}

export type AloneResult<T> = { kind: 'done'; value: T } | { kind: 'busy' };

/** Durable, sealed, for one account. Everything may reject when the database is away. */
export interface TokenStore {
  /** the pair in use; null when there never was one */
  read: () => Promise<StoredPair | null>;
  /** Was this refresh token ever stored, spent or not? */
  isKnown: (refreshToken: string) => Promise<boolean>;
  /** Runs `work` while no other instance runs it for this account; `busy` when another does not come to an end. */
  alone: <T>(work: () => Promise<T>) => Promise<AloneResult<T>>;
  /** Notes, durably, that the refresh token of this generation is about to be shown to the platform. */
  begin: (generation: number) => Promise<void>;
  /**
   * In one transaction: the pair of generation `after` (0 = none) is spent and forgotten, the new one is in use.
   * @returns the new generation; null when another pair took its place meanwhile (then nothing is changed)
   */
  keep: (after: number, pair: TokenPair) => Promise<number | null>;
  /** No answer: try this generation again, not before then. */
  postpone: (generation: number, notBefore: Date) => Promise<void>;
  /** Refused: this generation leads nowhere. A pair stored meanwhile is left alone. */
  lose: (generation: number) => Promise<void>;
}
