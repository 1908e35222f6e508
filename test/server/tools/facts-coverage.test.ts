/** docs/content-coverage.md is what `npm run facts -- coverage` writes, and every place it names is there. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assets } from '../../../bot/index.ts';
import {
  composeCoverage,
  COVERAGE_PAGE,
  findLostPlaces,
  readCoverage,
  writeCoverage,
} from '../../../server/tools/facts-coverage.ts';
import { loadRealAssets, repositoryRoot } from '../../support/assets.ts';

const statement = (fields: string): string =>
  `areas:\n  - title: Trial\n    statements:\n      - { states: a thing, rests_on: a law, mark: C, ${fields} }\n`;

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

it('is not stale (else run npm run facts -- coverage)', async () => {
  expect(await readFile(join(repositoryRoot, COVERAGE_PAGE), 'utf8')).toBe(
    await composeCoverage(repositoryRoot),
  );
});

it('says where a statement is said, every sign, and every text that names an entry', () => {
  const coverage = readCoverage(statement('said: [message intents.law], not_said: no more is known'));
  const page = writeCoverage(coverage, assets).split('\n');
  expect(page).toContain('| a thing | a law | C | `message intents.law` | no more is known |');
  expect(page).toContain('| `message intents.law` | `law-trafficking` (law), `penal-code` (law) |');
  expect(page.filter((line) => /^\| `[a-z0-9-]+` \|/.test(line))).toHaveLength(assets.signals.byId.size);
});

describe('a place that is gone is named', () => {
  it.each([
    ['message intents.nothing'],
    ['lesson nothing'],
    ['signal nothing'],
    ['flow nothing'],
    ['fact nothing'],
    ['service nothing'],
    ['hotline nothing'],
  ])('%s', (place) => {
    const coverage = readCoverage(statement(`said: [${place}]`));
    expect(findLostPlaces(coverage, assets)).toEqual([
      `content/coverage.yaml: “a thing” is said at ${place}, which is not there`,
    ]);
  });
});

describe('a faulty line is refused with its place', () => {
  it.each([
    ['neither said nor a reason', 'said: []', /content\/coverage\.yaml:4: .*needs said or not_said/],
    ['a kind of place nobody knows', 'said: [page x]', /content\/coverage\.yaml:4: .*looks like message/],
    ['a field nobody knows', 'said: [message a], colour: red', /content\/coverage\.yaml:4: .*colour/],
  ])('%s', (_what, fields, message) => {
    expect(() => readCoverage(statement(fields))).toThrow(message);
  });
});
