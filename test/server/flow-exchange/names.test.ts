/** Names of ours from names of others. */
import { describe, expect, it } from '@jest/globals';
import { createNames, languageTag, slug, snake, takeName } from '../../../server/flow-exchange/names.ts';

describe('slug', () => {
  it.each([
    ['Two Questions', 'two-questions'],
    ['PLH - Content - Positive - Behave', 'plh-content-positive'],
    ['Đăng ký', 'dang-ky'],
    ['1. Start', 'start'],
    ['42', ''],
    ['हिंदी', ''],
    ['averyveryverylongsinglewordindeed', 'averyveryverylongsin'],
  ])('%j → %j', (text, wanted) => {
    expect(slug(text)).toBe(wanted);
  });
});

describe('snake', () => {
  it.each([
    ['Favorite Color', 'favorite_color'],
    ['2nd child', 'v_2nd_child'],
    ['tuổi', 'tuoi'],
    ['年齢', 'value'],
  ])('%j → %j', (text, wanted) => {
    expect(snake(text)).toBe(wanted);
  });
});

describe('takeName', () => {
  it('numbers what is taken', () => {
    const taken = createNames(['a', 'b-2']);
    const names = ['a', 'a', 'b', 'b', 'a-2'].map((wish) => takeName(wish, taken));
    expect(names).toEqual(['a-2', 'a-3', 'b', 'b-3', 'a-2-2']);
  });
});

describe('languageTag', () => {
  it.each([
    ['eng', [], 'en'],
    ['vie', [], 'vi'],
    ['fr', [], 'fr'],
    ['sw_KE', [], 'sw-KE'],
    ['hmn', [], 'hmn'],
    ['hindi', ['en', 'hi'], 'hi'],
    ['klingonese', ['en'], null],
    ['', ['en'], null],
    ['../etc', [], null],
  ])('%j among %j → %j', (code, among, wanted) => {
    expect(languageTag(code, among)).toBe(wanted);
  });
});
