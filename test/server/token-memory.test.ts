import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TokenResult, TokenSource } from '../../server/channels/token-source.ts';
import { rememberToken } from '../../server/token-memory.ts';
import { fakeClock, type SetClock } from '../support/turns.ts';

const token = (generation: number): TokenResult => ({
  ok: true,
  access: { token: `t${generation}`, generation },
});

/** Gives `state.now`, and counts how often it is asked. */
function fakeSource(state: { now: TokenResult; asked: number }): TokenSource {
  return {
    get: () => {
      state.asked += 1;
      return Promise.resolve(state.now);
    },
    replace: () => Promise.resolve(state.now),
    keepFresh: () => Promise.resolve(),
    settle: () => Promise.resolve(),
    health: () => Promise.resolve({ ok: true, code: 'ok' }),
  };
}

describe('a remembered token', () => {
  let clock: SetClock;
  let state: { now: TokenResult; asked: number };
  let tokens: TokenSource;
  beforeEach(() => {
    clock = fakeClock();
    state = { now: token(1), asked: 0 };
    tokens = rememberToken(fakeSource(state), clock);
  });

  it('is asked for once by many at once, and again a second later', async () => {
    await Promise.all([tokens.get(), tokens.get(), tokens.get()]);
    clock.advance(999);
    await tokens.get();
    expect(state.asked).toBe(1);
    state.now = token(2);
    clock.advance(1);
    expect(await tokens.get()).toEqual(token(2));
    expect(state.asked).toBe(2);
  });

  it('that was refused is not given again, not even by an answer that was under way', async () => {
    const slow = tokens.get();
    state.now = token(2);
    expect(await tokens.replace({ token: 't1', generation: 1 })).toEqual(token(2));
    await slow;
    expect(await tokens.get()).toEqual(token(2));
  });

  it('is left in place when an older one is refused late', async () => {
    state.now = token(2);
    await tokens.get();
    await tokens.replace({ token: 't1', generation: 1 });
    expect(await tokens.get()).toEqual(token(2));
  });

  it('is not made of a failure', async () => {
    state.now = { ok: false, fault: 'token_busy' };
    expect(await tokens.get()).toEqual({ ok: false, fault: 'token_busy' });
    state.now = token(1);
    expect(await tokens.get()).toEqual(token(1));
  });
});
