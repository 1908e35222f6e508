/** Hostile and broken input, from people and from editors: a clear answer or a clear error, and never a long wait. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Assets,
  checkOffer,
  limits,
  looksLikeOffer,
  matchAgency,
  readLanguage,
  scanDanger,
} from '../../../bot/index.ts';
import { readLanguageFiles } from '../../../bot/content/read-languages.ts';
import { readYaml } from '../../../bot/content/yaml.ts';
import { compileLexicon, findPhrases } from '../../../bot/safety/lexicon.ts';
import { lineUp } from '../../../bot/safety/tokens.ts';
import { DISTRESS_ONLY } from '../../../bot/understand/emoji.ts';
import { readIntents } from '../../../bot/understand/intents.ts';
import { normalise } from '../../../bot/understand/normalise.ts';
import { findPhones } from '../../../bot/understand/slots/phone.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { openConversation } from '../../support/conversation.ts';

const NOW = new Date('2026-11-25T00:00:00Z');
/** Processor time, so that a busy machine fails nothing; the best of a few, because the first run compiles. */
const RUNS = 3;

function cpuMs(work: () => unknown): number {
  const times = Array.from({ length: RUNS }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
  assets.intents.model();
}, 120_000);

describe('from people', () => {
  const inputs: readonly (readonly [string, string])[] = [
    ['10,000 characters', 'em bị giữ hộ chiếu ở Campuchia. '.repeat(313).slice(0, 10_000)],
    ['one word of 10,000 letters', 'a'.repeat(10_000)],
    ['a wall of emoji', '😀😭🔥'.repeat(1700)],
    ['mixed scripts', 'em ở មនុស្ស มนุษย์ 人人 хорошо ꪁꪫꪱꪣ cứu'.repeat(100)],
    ['right-to-left marks', '\u202eem cứu\u202c \u200f\u2067abc\u2069 '.repeat(300)],
    ['a base64 blob', 'aGVsbG8gd29ybGQ='.repeat(625)],
    ['lone surrogates', '\ud83d\ude00\ud83d \udc00 em'.repeat(500)],
    ['stacked marks', `e${'\u0301'.repeat(200)}`.repeat(50)],
    ['dots and gaps', 'giữ .. '.repeat(1400)],
    ['names of object properties', '__proto__ constructor toString hasOwnProperty '.repeat(200)],
    ['a pattern', '(a+)+$ (.*)*x [a-z]{1,99}{1,99} '.repeat(300)],
  ];

  it.each(inputs)('reads %s without a fault, each reader once', (_name, text) => {
    const deps = { signals: assets.signals, register: assets.register };
    expect(normalise(text).raw).toBe(text);
    expect(readLanguage(assets.languageSet, text).kind).toMatch(/sure|likely|one-of|unknown/);
    expect(scanDanger(assets.danger, [text]).level).toMatch(/none|concern|high|imminent/);
    expect(readIntents(assets.intents, text).band).toMatch(/answer|suggest|none/);
    expect(checkOffer(deps, { text }, NOW).level).toMatch(/verify|caution|danger/);
    expect(matchAgency(assets.register, text, NOW).kind).not.toBe('exact');
    expect(typeof looksLikeOffer(text, deps)).toBe('boolean');
  });

  it.each(inputs)('answers %s, and nothing breaks', (_name, text) => {
    const { keys, types } = openConversation(assets).say(text);
    expect(keys.length).toBeGreaterThan(0);
    expect(types).not.toContain('turn_failed');
  });

  it('reads a number with spaces, dots and letters for figures', () => {
    expect(findPhones('gọi cho em số o9o0.00o.1o1 nhé, 0 9 0 0 . 0 0 0 . 1 0 1')).toEqual(['+84900000101']);
  });

  it.each([
    ['words', 'em bị giữ '],
    ['figures', '0 9.0 '],
    ['letters', 'a'],
    ['pictures', '😀'],
    ['base64', 'aGVsbG8gd29ybGQ='],
  ])('normalises twice as many %s in about twice the time', (_name, part) => {
    const timeOf = (length: number): number => {
      const text = part.repeat(Math.ceil(length / part.length)).slice(0, length);
      return cpuMs(() => normalise(text));
    };
    // a square would give sixteen times as much; caches and memory give some more than four
    expect(timeOf(80_000)).toBeLessThan(10 * Math.max(1, timeOf(20_000)));
  });
});

describe('from editors', () => {
  const bombs: readonly (readonly [string, string])[] = [
    ['nested repeats', '(a+)+$'],
    ['alternatives in a row', Array(25).fill('a|b').join(' ')],
    ['optional words, as many as may be', 'a a? a? a? b'],
    ['a word of 10,000 letters', 'a'.repeat(10_000)],
  ];

  it.each(bombs)('finds a phrase of %s in 100,000 characters in less than 400 ms', (_name, text) => {
    const lexicon = compileLexicon([{ concept: 'BOMB', text, spelt: false }], {});
    const tokens = lineUp(['a '.repeat(50_000)], DISTRESS_ONLY);
    expect(cpuMs(() => findPhrases(lexicon, tokens))).toBeLessThan(400);
  });

  it('finds a phrase with as many gaps as may be in the longest message in less than 400 ms', () => {
    const text = 'a .. a .. a .. a .. a .. b';
    const lexicon = compileLexicon([{ concept: 'BOMB', text, spelt: false }], {});
    const tokens = lineUp(['a '.repeat(limits.MAX_INPUT_UTF16 / 2)], DISTRESS_ONLY);
    expect(cpuMs(() => findPhrases(lexicon, tokens))).toBeLessThan(400);
  });

  it.each([
    ['too many optional words', `a ${Array(12).fill('a?').join(' ')} b`, /more than 3 words with "\?"/],
    ['too many gaps', Array(30).fill('a').join(' .. '), /more than 5 times/],
    ['nothing but optional words', 'a? b?', /reading without words/],
  ])('refuses a phrase with %s and says which', (_name, text, message) => {
    expect(() => compileLexicon([{ concept: 'BOMB', text, spelt: false }], {})).toThrow(message);
  });

  it.each([
    ['too short', 'language: tyz\nsource: a\nrights: b\ntext: một câu ngắn\n', /tyz has 10 letters/],
    ['without rights', 'language: tyz\nsource: a\ntext: một câu ngắn\n', /content\/languages\/tyz\.yaml: /],
    [
      'that nobody stated',
      `language: tyz\nsource: a\nrights: b\ntext: ${'một câu dài '.repeat(150)}\n`,
      /tyz-Latn-VN has a profile that is not stated/,
    ],
  ])('names the fault of a profile %s', (_name, text, message) => {
    const read = readYaml({ path: 'content/languages/tyz.yaml', text });
    const tay = {
      ...{ tag: 'tyz-Latn-VN', name: { vi: 'Tày', en: 'Tày' }, served: false, fallback: 'vi', told: null },
      ...{ script: 'Latn', spelling: 'Tày', font: null, voice: null, prepare: false },
    };
    const { problems } = readLanguageFiles('content/languages.yaml', [tay], read.ok ? [read.file] : []);
    expect(problems.map((one) => `${one.path}: ${one.message}`).join('\n')).toMatch(message);
  });
});
