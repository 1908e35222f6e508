/** Words that work everywhere, with the real lists: what is spelt differently is another wish. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Assets } from '../../../bot/index.ts';
import { findCommand, findRoute } from '../../../bot/understand/commands.ts';
import { loadRealAssets } from '../../support/assets.ts';

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

describe('findCommand', () => {
  it.each([
    ['số công an', 'numbers'],
    ['so cong an', 'numbers'],
    ['cho em xin số công an ạ', 'numbers'],
    ['sợ công an', null],
    ['Em sợ công an lắm', null],
    // diacritics as two characters, as some phones send them
    ['sợ công an'.normalize('NFD'), null],
    ['em sợ cảnh sát', null],
  ])('reads "%s" as %s', (text, command) => {
    expect(findCommand(assets.words, text, false)).toBe(command);
  });

  it.each([
    ['số công an', 'numbers'],
    ['sợ công an', null],
  ])('reads "%s" as %s where an answer in own words is awaited', (text, command) => {
    expect(findCommand(assets.words, text, true)).toBe(command);
  });
});

describe('findRoute', () => {
  it.each([
    ['sợ công an', 'worries'],
    ['em không dám báo công an', 'worries'],
    ['mất giấy tờ', 'papers'],
    ['xin giấy xác nhận nạn nhân ở đâu', 'papers'],
    ['về nước rồi giờ làm sao', null],
    ['mình vừa trốn về', null],
    ['i am afraid of the police', 'worries'],
  ])('leads "%s" to coming back, at %s', (text, node) => {
    expect(findRoute(assets.words, text)).toEqual({ flow: 'coming-back', node });
  });

  it.each(['báo công an ở đâu', 'họ giữ giấy tờ của em', 'về quê ăn Tết'])('leads "%s" elsewhere', (text) => {
    expect(findRoute(assets.words, text)?.flow ?? null).not.toBe('coming-back');
  });
});
