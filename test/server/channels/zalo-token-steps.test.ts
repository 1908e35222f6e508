/** What to do with the tokens that are stored: use, refresh, or tell that there are none. Pure. */
import { describe, expect, it } from '@jest/globals';
import type { StoredPair } from '../../../server/channels/token-source.ts';
import { decideStep, refreshDueAt, refreshPauseMs } from '../../../server/channels/zalo-tokens.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe('what is stored decides', () => {
  const at = (hours: number): Date => new Date(Date.UTC(2026, 10, 20) + hours * HOUR_MS);
  const pair: StoredPair = {
    generation: 3,
    state: 'ready',
    accessToken: 'a',
    refreshToken: 'r',
    obtainedAt: at(0),
    expiresAt: at(25),
    attempts: 0,
    notBefore: null,
  };
  it.each([
    ['nothing stored', null, 1, null, true, { kind: 'none', fault: 'token_missing' }],
    ['a token in its youth', pair, 19.9, null, true, { kind: 'use' }],
    ['a token at four fifths of its life', pair, 20, null, true, { kind: 'refresh' }],
    ['an expired token', pair, 26, null, true, { kind: 'refresh' }],
    [
      'a first refresh token without an access token',
      { ...pair, accessToken: null },
      0,
      null,
      true,
      { kind: 'refresh' },
    ],
    [
      'a refresh under way or broken off',
      { ...pair, state: 'refreshing' },
      1,
      null,
      true,
      { kind: 'refresh' },
    ],
    [
      'a refresh to be tried again later, the token still good',
      { ...pair, state: 'refreshing', notBefore: at(21) },
      20.5,
      null,
      true,
      { kind: 'use' },
    ],
    [
      'a refresh to be tried again later, the token expired',
      { ...pair, state: 'refreshing', notBefore: at(27) },
      26,
      null,
      true,
      { kind: 'none', fault: 'token_refresh_failing' },
    ],
    [
      'a refresh to be tried again now',
      { ...pair, state: 'refreshing', notBefore: at(21) },
      21,
      null,
      true,
      { kind: 'refresh' },
    ],
    ['a refused token', pair, 1, 3, true, { kind: 'refresh' }],
    ['an older token refused', pair, 1, 2, true, { kind: 'use' }],
    ['a token refused at once', pair, 0.05, 3, true, { kind: 'none', fault: 'token_refused' }],
    ['a lost pair after a start', { ...pair, state: 'lost' }, 1, null, true, { kind: 'refresh' }],
    ['a lost pair, the token still good', { ...pair, state: 'lost' }, 1, null, false, { kind: 'use' }],
    [
      'a lost pair, the token expired',
      { ...pair, state: 'lost' },
      26,
      null,
      false,
      { kind: 'none', fault: 'token_lost' },
    ],
    [
      'a lost pair, the token refused',
      { ...pair, state: 'lost' },
      1,
      3,
      false,
      { kind: 'none', fault: 'token_lost' },
    ],
  ] as const)('%s', (_what, stored, hours, refused, mayTryLost, step) => {
    expect(decideStep(stored, at(hours), refused, mayTryLost)).toEqual(step);
  });

  it.each([
    [25, 20],
    [2, 1.5],
    [0.5, 0.25],
  ])('a token of %d hours is refreshed after %d', (lifeHours, afterHours) => {
    expect(refreshDueAt({ ...pair, expiresAt: at(lifeHours) })).toEqual(at(afterHours));
  });

  it.each([
    [1, 1],
    [2, 2],
    [4, 8],
    [5, 15],
    [50, 15],
  ])('refresh number %d without an answer is followed by %d minutes of rest', (attempts, minutes) => {
    expect(refreshPauseMs(attempts)).toBe(minutes * MINUTE_MS);
  });
});
