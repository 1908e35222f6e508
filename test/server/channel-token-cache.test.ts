import { describe, expect, it } from '@jest/globals';
import { rememberToken } from '../../server/channel-token-cache.ts';
import type { TokenResult, TokenSource } from '../../server/channels/token-source.ts';
import { fakeClock } from '../support/turns.ts';

/** Gives a newer token each time, or a fault. */
function countingSource(fault: boolean): TokenSource & { asked: () => number } {
  let asked = 0;
  const next = (): Promise<TokenResult> => {
    asked += 1;
    return Promise.resolve(
      fault
        ? { ok: false, fault: 'token_missing' }
        : { ok: true, access: { token: `t${asked}`, generation: asked } },
    );
  };
  return {
    get: next,
    replace: next,
    keepFresh: () => Promise.resolve(),
    settle: () => Promise.resolve(),
    health: () => Promise.resolve({ ok: true, code: 'ok' }),
    asked: () => asked,
  };
}

const token = (generation: number) => ({ ok: true, access: { token: `t${generation}`, generation } });

describe('a remembered token', () => {
  it('is read once by all who ask together, and again after a second', async () => {
    const clock = fakeClock();
    const source = countingSource(false);
    const tokens = rememberToken(source, clock);
    expect(await Promise.all([tokens.get(), tokens.get()])).toEqual([token(1), token(1)]);
    clock.advance(999);
    expect(await tokens.get()).toEqual(token(1));
    clock.advance(1);
    expect(await tokens.get()).toEqual(token(2));
    expect(source.asked()).toBe(2);
  });

  it('gives way at once to the one that replaces it', async () => {
    const tokens = rememberToken(countingSource(false), fakeClock());
    await tokens.get();
    expect(await tokens.replace({ token: 't1', generation: 1 })).toEqual(token(2));
    expect(await tokens.get()).toEqual(token(2));
  });

  it('is never a fault: that is asked anew each time', async () => {
    const source = countingSource(true);
    const tokens = rememberToken(source, fakeClock());
    await tokens.get();
    await tokens.get();
    expect(source.asked()).toBe(2);
  });
});
