/** Pictures that say something, as words: among words and alone. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Assets } from '../../../bot/index.ts';
import { compileEmoji, DISTRESS_ONLY, type Emoji, saidByEmoji } from '../../../bot/understand/emoji.ts';
import { normalise } from '../../../bot/understand/normalise.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { openConversation } from '../../support/conversation.ts';

const emoji = (sign: string, says: string, rest: Partial<Emoji> = {}): Emoji => ({
  ...{ sign, says, weight: 'beside', danger: true },
  ...rest,
});
const set = compileEmoji([
  emoji('⛓️', 'bị xích'),
  emoji('👮', 'công an'),
  emoji('👍', 'ok', { weight: 'alone', danger: false }),
]);
const read = (raw: string) =>
  normalise(raw, set)
    .tokens.map(({ text }) => text)
    .join(' ');

it.each([
  ['between words', 'em ⛓️ ở đây', 'em bị xích ở đây'],
  ['at the end', 'gọi giúp em 👮', 'gọi giúp em công an'],
  ['once, however often it is typed', 'em ⛓️⛓️⛓️ đó', 'em bị xích đó'],
  ['in any skin', 'gọi 👮🏽‍♀️ đi', 'gọi công an đi'],
  ['not alone, when it only adds to words', '⛓️⛓️', ''],
  ['not among words, when it is an answer', 'lương cao 👍', 'lương cao'],
  ['the distress sign always', '🆘', 'sos'],
  ['nothing for other pictures', 'vui quá 😭😂', 'vui quá'],
])('reads a picture %s', (_name, raw, expected) => {
  expect(read(raw)).toBe(expected);
});

it('points a picture’s words at the picture', () => {
  const raw = 'em ⛓️ ở đây';
  expect(normalise(raw, set).tokens.map(({ start, end }) => raw.slice(start, end))).toEqual([
    ...['em', '⛓', '⛓', 'ở', 'đây'],
  ]);
});

it.each([
  ['an answer', '👍👍👍', 'ok'],
  ['several things', '👍🆘', 'ok, sos'],
  ['nothing', '😂😂', null],
  ['nothing, of what only adds to words', '👮', null],
])('says %s alone', (_name, text, expected) => {
  expect(saidByEmoji(set, text)).toBe(expected);
});

describe('a faulty list is named', () => {
  it.each([
    ['two of one sign', [emoji('👮', 'a'), emoji('👮🏽', 'b')], /👮🏽: is listed twice/u],
    ['a word as a sign', [emoji('ok', 'ok')], /"ok": write one picture/],
    ['pictures joined', [emoji('👩‍👧', 'mẹ con')], /write one picture/],
  ])('%s', (_name, list, message) => {
    expect(() => compileEmoji(list)).toThrow(message);
  });
});

describe('in a conversation', () => {
  let assets: Assets;
  beforeAll(async () => {
    assets = await loadRealAssets();
  }, 60_000);

  it('raises an alarm for the distress sign alone, and its reason points at it', () => {
    const { events } = openConversation(assets).say('🆘🆘');
    const raised = events.find(({ type }) => type === 'danger_raised');
    expect(raised?.type === 'danger_raised' ? raised.reasons[0]?.span : null).toEqual({ start: 0, end: 2 });
  });

  it('reads a wave as the greeting it stands for', () => {
    const { keys } = openConversation(assets).say('👋');
    expect(keys).toEqual(openConversation(assets).say('chào').keys);
    expect(keys).not.toContain('system.empty');
  });

  it('raises an alarm for the distress sign under a picture', () => {
    const photo = { kind: 'attachment', attachment: 'image', caption: '🆘', ref: null } as const;
    expect(openConversation(assets).take(photo).types).toContain('danger_raised');
    expect(openConversation(assets, { muted: true }).take(photo).types).toContain('danger_raised');
  });
});

it('knows the distress sign without any file', () => {
  expect(saidByEmoji(DISTRESS_ONLY, '🆘')).toBe('sos');
});
