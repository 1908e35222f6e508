/** Words that work everywhere, with the real lists: what is spelt differently is another wish. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Assets } from '../../../bot/index.ts';
import { findCommand } from '../../../bot/understand/commands.ts';
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
