/** What the readers of several channels share. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  hashPieces,
  isSameSecret,
  isSignatureOf,
  lenientArray,
  readJson,
  readRetryAfterMs,
  toDate,
} from '../../../server/channels/reading.ts';

describe('a signature', () => {
  const raw = Buffer.from('{"a":"ă"}');
  const signed = (secret: string) => createHmac('sha256', secret).update(raw).digest();
  it.each([
    ['of these bytes under this secret', signed('s'), 's', true],
    ['under another secret', signed('t'), 's', false],
    ['under an empty secret', signed(''), '', false],
    ['cut short', signed('s').subarray(1), 's', false],
    ['of no length', Buffer.alloc(0), 's', false],
  ])('%s is judged right', (_what, given, secret, isValid) => {
    expect(isSignatureOf(raw, secret, given)).toBe(isValid);
  });
});

describe('two secrets', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'b', false],
    ['', 'a', false],
    ['aa', 'a', false],
  ])('%j and %j are the same: %j', (given, secret, isSame) => {
    expect(isSameSecret(given, secret)).toBe(isSame);
  });
});

describe('Retry-After', () => {
  it.each([
    ['35', 35_000],
    ['86400', 86_400_000],
    ['86401', null],
    ['0', null],
    ['-1', null],
    ['1.5', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    [undefined, null],
  ])('of %j is a wait of %j ms', (value, expected) => {
    expect(readRetryAfterMs(value === undefined ? {} : { 'retry-after': value })).toBe(expected);
  });
});

describe('a time in milliseconds', () => {
  it.each([
    [1, '1970-01-01T00:00:00.001Z'],
    [253_402_300_799_999, '9999-12-31T23:59:59.999Z'],
    [253_402_300_800_000, null],
    [0, null],
    [-1, null],
    [undefined, null],
  ])('of %j is %j', (epochMs, expected) => {
    expect(toDate(epochMs)?.toISOString() ?? null).toBe(expected);
  });
});

describe('lenient reading', () => {
  it('tells null from what is no JSON', () => {
    expect(readJson(Buffer.from('null'))).toEqual({ value: null });
    expect(readJson(Buffer.from('nul'))).toBeNull();
  });

  it('keeps the good members of a list and takes what is no list for an empty one', () => {
    const schema = lenientArray(z.string());
    expect(schema.parse(['a', 5, 'b'])).toEqual(['a', undefined, 'b']);
    expect(schema.parse({})).toEqual([]);
    expect(schema.parse(undefined)).toEqual([]);
  });

  it('gives the same key to the same pieces only, wherever one ends and the next begins', () => {
    expect(hashPieces('a', 1)).toBe(hashPieces('a', 1));
    expect(hashPieces('ab', 'c')).not.toBe(hashPieces('a', 'bc'));
    expect(hashPieces('a', 1)).not.toBe(hashPieces('a', '1'));
  });
});
