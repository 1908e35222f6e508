import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawToFile } from '../../../server/tools/flow-draw.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-draw-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm run flow -- draw', () => {
  it.each([
    ['an SVG, when nothing else is asked for', ['thanks'], /^<svg [^]*<\/svg>$/],
    ['Mermaid', ['thanks', '--format', 'mermaid'], /^flowchart TD\n/],
    ['a page for paper', ['thanks', '--format', 'html'], /^<!doctype html>\n/],
    ['a released version', ['welcome@1', '--format', 'mermaid'], /accTitle: welcome, version 1\n/],
    [
      'the version of today by its number',
      ['welcome@2', '--format', 'mermaid'],
      /accTitle: welcome, version 2\n/,
    ],
    [
      'the texts of another language',
      ['are-you-safe', '--format', 'mermaid', '--lang', 'en'],
      /“[A-Z][a-z]+ [a-z]+/,
    ],
  ])('prints %s', async (_what, args, expected) => {
    expect((await drawToFile(args)).join('\n')).toMatch(expected);
  });

  it('writes to a file and says so', async () => {
    const out = join(folder, 'thanks.svg');
    expect(await drawToFile(['thanks', '--out', out])).toEqual([`${out}: thanks, version 1, drawn`]);
    expect(await readFile(out, 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/);
  });

  it.each([
    ['no flow', [], /Name a flow\. There are: .*check-offer.*welcome@1/],
    ['an unknown flow', ['chek-offer'], /No such flow: chek-offer\. There are: .*check-offer/],
    ['an unknown version', ['welcome@9'], /No such flow: welcome@9/],
    ['a version that is no number', ['welcome@x'], /No such flow: welcome@x/],
    ['two flows', ['welcome', 'thanks'], /One flow at a time/],
    [
      'an unknown format',
      ['thanks', '--format', 'png'],
      /No such format: png\. There are: svg, html, mermaid/,
    ],
    ['an unknown language', ['thanks', '--lang', 'xx'], /No such language: xx\. There are: vi, en/],
    ['an unknown option', ['thanks', '--colour'], /--colour/],
  ])('refuses %s and says what there is', async (_what, args, message) => {
    await expect(drawToFile(args)).rejects.toThrow(message);
  });
});
