/** Naming a country in a short answer: everyday words that look like one must not send somebody the wrong numbers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { CountriesFileSchema, findCountry } from '../../../bot/content/registers.ts';

const { countries } = CountriesFileSchema.parse(
  parse(readFileSync(join(import.meta.dirname, '../../../content/registers/countries.yaml'), 'utf8')),
);

describe('findCountry', () => {
  it.each([
    ['campuchia', 'KH'],
    ['em ở cam', 'KH'],
    ['ben cpc a', 'KH'],
    ['Lào', 'LA'],
    ['em đang ở lào ạ', 'LA'],
    ['bò kẹo', 'LA'],
    ['mianma', 'MM'],
    ['đài loan', 'TW'],
    ['bên đài', 'TW'],
    ['Anh', 'GB'],
    ['nước anh', 'GB'],
    ['ở nhật nha', 'JP'],
    ['i am in dubai', 'AE'],
    ['việt nam', 'VN'],
  ])('reads "%s" as %s', (text, code) => {
    expect(findCountry(countries, text)).toBe(code);
  });

  it.each([
    ['anh không biết'],
    ['cảm ơn bạn'],
    ['đồng ý'],
    ['em đi lao động xa'],
    ['my boss took my phone'],
    ['họ cấm em nói'],
    ['trong rừng'],
  ])('reads no country in "%s"', (text) => {
    expect(findCountry(countries, text)).toBeNull();
  });

  it('gives no two countries the same name', () => {
    const names = countries.flatMap((country) => [
      ...new Set([country.name.vi, country.name.en, ...country.typed]),
    ]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
