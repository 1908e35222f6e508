/** Keeps Zalo's tokens alive: refresh tokens work once, so one refresher in the whole deployment, and no step without a note. */
import type { ChannelHealth } from './adapter.ts';
import type {
  StoredPair,
  TokenFault,
  TokenPair,
  TokenResult,
  TokenSource,
  TokenStore,
} from './token-source.ts';
import type { OAuthResult } from './zalo-oauth.ts';

export interface ZaloTokensOptions {
  store: TokenStore;
  refresh: (refreshToken: string) => Promise<OAuthResult>;
  /** from the configuration: taken when nothing better is stored, and only if it was never stored before */
  firstRefreshToken: string | null;
  now: () => Date;
  /** told once each time tokens begin to be in trouble; `code` is the platform's or the transport's */
  onAlarm?: (fault: TokenFault, code: string) => void;
}

/** Refresh after this part of a token's life: of 25 hours five are left for trouble. */
const REFRESH_AFTER = 0.8;
/** … and never later than this before its end, unless it lives so shortly that half of its life is left then. */
const MIN_MARGIN_MS = 30 * 60_000;
/** A token is not used in the last moments of its life: it would expire on the way. */
const LAST_MOMENTS_MS = 10_000;
/** A token refused this soon after it was given is not helped by yet another one. */
const YOUNG_MS = 5 * 60_000;
/** Waits between refreshes that got no answer. */
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 15 * 60_000;
/** One refresh without an answer is an accident, two are for the operator. */
const ALARM_ATTEMPTS = 2;

/** When a pair must be refreshed, by its age alone. Pure. */
export function refreshDueAt(pair: TokenPair): Date {
  if (pair.accessToken === null) return pair.obtainedAt;
  const lifeMs = pair.expiresAt.getTime() - pair.obtainedAt.getTime();
  const waitMs = Math.max(lifeMs / 2, Math.min(lifeMs * REFRESH_AFTER, lifeMs - MIN_MARGIN_MS));
  return new Date(pair.obtainedAt.getTime() + waitMs);
}

export type Step =
  /** the access token is good, and its refresh is not due or cannot be done now */
  { kind: 'use' } | { kind: 'refresh' } | { kind: 'none'; fault: TokenFault };

/**
 * What to do with what is stored. Pure.
 *
 * @param refused generation of a token the platform has just refused, null when none
 * @param mayTryLost a lost pair gets one try per start of the process: a wrong app secret may have been put right
 */
export function decideStep(
  stored: StoredPair | null,
  now: Date,
  refused: number | null,
  mayTryLost: boolean,
): Step {
  if (stored === null) return { kind: 'none', fault: 'token_missing' };
  const isRefused = refused === stored.generation;
  const isGood =
    !isRefused && stored.accessToken !== null && stored.expiresAt.getTime() - LAST_MOMENTS_MS > now.getTime();
  const otherwise = (fault: TokenFault): Step => (isGood ? { kind: 'use' } : { kind: 'none', fault });
  if (stored.state === 'lost') return mayTryLost ? { kind: 'refresh' } : otherwise('token_lost');
  if (stored.notBefore !== null && stored.notBefore > now) return otherwise('token_refresh_failing');
  // somebody is at it, or died at it: whoever gets the lock finds out
  if (stored.state === 'refreshing') return { kind: 'refresh' };
  if (isRefused && stored.accessToken !== null && now.getTime() - stored.obtainedAt.getTime() < YOUNG_MS)
    return { kind: 'none', fault: 'token_refused' };
  return isGood && refreshDueAt(stored) > now ? { kind: 'use' } : { kind: 'refresh' };
}

/** 1, 2, 4 … 15 minutes. */
export function refreshPauseMs(attempts: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, attempts - 1));
}

export function createZaloTokens(options: ZaloTokensOptions): TokenSource {
  const { store, now } = options;
  const state: {
    running: Promise<TokenResult> | null;
    hasTriedLost: boolean;
    /** a pair the platform gave and the database did not take: the only copy there is */
    unsaved: { after: number; pair: TokenPair } | null;
    alarmed: TokenFault | null;
  } = { running: null, hasTriedLost: false, unsaved: null, alarmed: null };

  function alarm(fault: TokenFault, code: string = fault): TokenResult {
    if (state.alarmed !== fault) options.onAlarm?.(fault, code);
    state.alarmed = fault;
    return failed(fault);
  }

  async function safely(work: () => Promise<TokenResult>): Promise<TokenResult> {
    try {
      return await work();
    } catch {
      // the store's own error is reported by whoever else cannot reach the database; what it says may repeat a token
      return failed('token_store_failed');
    }
  }

  async function take(refused: number | null): Promise<TokenResult> {
    const stored = state.unsaved === null ? await store.read() : null;
    if (stored !== null) {
      const step = decideStep(stored, now(), refused, !state.hasTriedLost);
      if (step.kind === 'use') return use(stored);
      if (step.kind === 'none' && step.fault === 'token_refresh_failing') return failed(step.fault);
    }
    return refreshOnce(refused);
  }

  /** Whoever comes while a refresh is under way waits for it, and asks for another only if it brought what was just refused. */
  async function refreshOnce(refused: number | null): Promise<TokenResult> {
    if (state.running !== null) {
      const joined = await state.running;
      if (!joined.ok || joined.access.generation !== refused) return joined;
    }
    state.running ??= safely(() => refreshAlone(refused)).finally(() => {
      state.running = null;
    });
    return state.running;
  }

  async function refreshAlone(refused: number | null): Promise<TokenResult> {
    const result = await store.alone(async () => {
      await saveUnsaved();
      const stored = await readOrSeed();
      // what was true before the lock may not be true any more: another instance has refreshed meanwhile
      const step = decideStep(stored, now(), refused, !state.hasTriedLost);
      if (stored !== null && step.kind === 'use') return use(stored);
      if (stored !== null && step.kind === 'refresh') return refreshStored(stored, refused);
      const fault = step.kind === 'none' ? step.fault : 'token_missing';
      // one refresh without an answer is no alarm yet, and the second was told when it failed
      return fault === 'token_refresh_failing' ? failed(fault) : alarm(fault);
    });
    return result.kind === 'done' ? result.value : failed('token_busy');
  }

  /** The note comes before the call and the new pair before its use: whatever breaks in between is found by the next one. */
  async function refreshStored(stored: StoredPair, refused: number | null): Promise<TokenResult> {
    if (stored.state === 'lost') state.hasTriedLost = true;
    await store.begin(stored.generation);
    const attempts = stored.attempts + 1;
    const answer = await options.refresh(stored.refreshToken);
    if (answer.kind === 'granted') {
      state.unsaved = { after: stored.generation, pair: answer.pair };
      await saveUnsaved();
      const kept = await store.read();
      return kept === null ? alarm('token_missing') : use(kept);
    }
    if (answer.kind === 'refused') {
      state.hasTriedLost = true;
      await store.lose(stored.generation);
      return fallBack(stored, refused, alarm('token_lost', answer.code));
    }
    await store.postpone(stored.generation, new Date(now().getTime() + refreshPauseMs(attempts)));
    const fault = 'token_refresh_failing';
    return fallBack(stored, refused, attempts < ALARM_ATTEMPTS ? failed(fault) : alarm(fault, answer.code));
  }

  /** The refresh failed, but the access token was given for longer than that. */
  function fallBack(stored: StoredPair, refused: number | null, failure: TokenResult): TokenResult {
    const step = decideStep({ ...stored, state: 'lost' }, now(), refused, false);
    return step.kind === 'use' ? use(stored, false) : failure;
  }

  async function saveUnsaved(): Promise<void> {
    if (state.unsaved === null) return;
    await store.keep(state.unsaved.after, state.unsaved.pair);
    state.unsaved = null;
    state.hasTriedLost = false;
  }

  /** The token of the configuration helps where nothing is stored, or where what is stored is lost; each only once. */
  async function readOrSeed(): Promise<StoredPair | null> {
    const stored = await store.read();
    const token = options.firstRefreshToken;
    if (token === null || (stored !== null && stored.state !== 'lost') || (await store.isKnown(token)))
      return stored;
    const at = now();
    await store.keep(stored?.generation ?? 0, {
      accessToken: null,
      refreshToken: token,
      obtainedAt: at,
      expiresAt: at,
    });
    return store.read();
  }

  function use(stored: StoredPair, isWell = stored.state === 'ready'): TokenResult {
    if (isWell) state.alarmed = null;
    const { accessToken, generation } = stored;
    if (accessToken === null) return failed('token_missing');
    return { ok: true, access: { token: accessToken, generation } };
  }

  const get = (): Promise<TokenResult> => safely(() => take(null));
  return {
    get,
    replace: ({ generation }) => safely(() => take(generation)),
    keepFresh: async () => {
      await get();
    },
    settle: async () => {
      await state.running;
      if (state.unsaved !== null) await get();
    },
    health: () => readHealth(store, options.firstRefreshToken === null ? null : get),
  };
}

function failed(fault: TokenFault): TokenResult {
  return { ok: false, fault };
}

/** @param begin takes the first token of the configuration, if there is one: not having done so yet is no trouble */
async function readHealth(store: TokenStore, begin: (() => Promise<unknown>) | null): Promise<ChannelHealth> {
  try {
    if ((await store.read()) === null) await begin?.();
    const stored = await store.read();
    if (stored === null) return { ok: false, code: 'token_missing' };
    const tokenAt = stored.obtainedAt;
    if (stored.state === 'lost') return { ok: false, code: 'token_lost', tokenAt };
    if (stored.state === 'refreshing' && stored.attempts >= ALARM_ATTEMPTS)
      return { ok: false, code: 'token_refresh_failing', tokenAt };
    return { ok: true, code: 'ok', tokenAt };
  } catch {
    return { ok: false, code: 'token_store_failed' };
  }
}
