/** Pasted offers: how often the level is right beside a list of words, and microseconds, also for one of 8,000 characters. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Assets, checkOffer } from '../../bot/index.ts';
import { type Figure, median } from '../figure.ts';

const REPEATS = 5;
const NOW = new Date('2026-11-25T00:00:00Z');
const LONG_UTF16 = 8000;

/** What one would start with: two of the words are a danger, one a reason for care. Without diacritics. */
const WORDS =
  'viec nhe luong cao|khong can bang cap|khong can kinh nghiem|bao visa|bao ve may bay|di ngay|dat coc|phi giu cho|campuchia|myanmar|tam giac vang|casino|cham soc khach hang|giu ho chieu|duong tieu ngach|khong can hop dong|inbox|zalo|telegram|lay chong|mang thai ho|ban than|bao an o|ung truoc|no experience|free flight'.split(
    '|',
  );
const RowSchema = z.object({ text: z.string(), verdict: z.string() });

export function measureOffers(root: string, assets: Assets): readonly Figure[] {
  const file = readFileSync(join(root, 'test', 'data', 'offers', 'held.jsonl'), 'utf8');
  const rows = file
    .trim()
    .split('\n')
    .map((line) => RowSchema.parse(JSON.parse(line)));
  const texts = rows.map(({ text }) => text);
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
  const byWords = (text: string): string => {
    const folded = plain(text);
    const found = WORDS.filter((word) => folded.includes(word)).length;
    return found > 1 ? 'danger' : found === 1 ? 'caution' : 'verify';
  };
  const byCheck = (text: string): string => checkOffer(deps, { text }, NOW).level;
  const percent = (list: typeof rows, isRight: (row: (typeof rows)[number]) => boolean): number =>
    (100 * list.filter(isRight).length) / list.length;
  const danger = rows.filter(({ verdict }) => verdict === 'danger');
  const beside = (name: string, list: typeof rows, target: number): Figure => ({
    name,
    value: percent(list, ({ text, verdict }) => byCheck(text) === verdict),
    unit: '%',
    target,
    reference: {
      name: `${WORDS.length} words`,
      value: percent(list, ({ text, verdict }) => byWords(text) === verdict),
    },
  });
  return [
    beside('offers held back, level right', rows, 90),
    beside('offers held back, danger found', danger, 95),
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

function plain(text: string): string {
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');
  return bare.replace(/[^\p{L}\p{N}]+/gu, ' ');
}
