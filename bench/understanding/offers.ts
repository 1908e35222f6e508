/** Microseconds to check a pasted offer: the held-out ones, and one of 8,000 characters. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Assets, checkOffer } from '../../bot/index.ts';
import { type Figure, median } from '../figure.ts';

const REPEATS = 5;
const NOW = new Date('2026-11-25T00:00:00Z');
const LONG_UTF16 = 8000;

export function measureOffers(root: string, assets: Assets): readonly Figure[] {
  const file = readFileSync(join(root, 'test', 'data', 'offers', 'held.jsonl'), 'utf8');
  const texts = file
    .trim()
    .split('\n')
    .map((line) => z.object({ text: z.string() }).parse(JSON.parse(line)).text);
  const deps = { signals: assets.signals, register: assets.register };
  const time = (list: readonly string[]): number => {
    const times = Array.from({ length: REPEATS }, () => {
      const began = performance.now();
      for (const text of list) checkOffer(deps, { text }, NOW);
      return ((performance.now() - began) * 1000) / list.length;
    });
    return median(times);
  };
  const long = texts.join('\n').slice(0, LONG_UTF16);
  return [
    { name: 'an offer checked', value: time(texts), unit: 'µs', target: 5000, reference: null },
    {
      name: `an offer of ${LONG_UTF16} letters checked`,
      value: time([long]),
      unit: 'µs',
      target: null,
      reference: null,
    },
  ];
}
