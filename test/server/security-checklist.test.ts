/** docs/desk-security-checklist.md names tests: each must be there, under the title it is named by. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../support/assets.ts';

const MARKS = ['✓', '◐', '✗'];
/** a file in backquotes, or a title in “ ” of the file named last */
const NAMED = /`(test\/[^`]+)`|“([^”]+)”/g;

interface Vow {
  number: number;
  mark: string;
  tests: readonly { file: string; title: string }[];
}

const promises = readFileSync(join(repositoryRoot, 'docs/desk-security-checklist.md'), 'utf8')
  .split('\n')
  .flatMap((line): Vow[] => {
    const [, number, , mark = '', proof = ''] = line.split('|').map((cell) => cell.trim());
    if (number === undefined || !/^\d+$/.test(number)) return [];
    let file = '';
    const tests = [...proof.matchAll(NAMED)].flatMap(([, path, title]) => {
      file = path ?? file;
      return title === undefined ? [] : [{ file, title }];
    });
    return [{ number: Number(number), mark, tests }];
  });

describe('docs/desk-security-checklist.md', () => {
  it('has every line of its four parts, once and in order', () => {
    const expected = [...Array(41).keys()].map((n) => n + 1).concat([79, 80, 81, 82, 83, 84]);
    expect(promises.map(({ number }) => number)).toEqual(expected);
  });

  it('marks what is tested by a test and what is not by none', () => {
    for (const { number, mark, tests } of promises) {
      expect([number, MARKS.includes(mark)]).toEqual([number, true]);
      expect([number, tests.length > 0]).toEqual([number, mark !== '✗']);
    }
  });

  it.each(promises.flatMap(({ number, tests }) => tests.map((one) => ({ number, ...one }))))(
    '$number: $file has “$title”',
    ({ file, title }) => {
      const path = join(repositoryRoot, file);
      expect(existsSync(path)).toBe(true);
      const code = readFileSync(path, 'utf8');
      const titled = ["'", '"', '`'].some((quote) => code.includes(`(${quote}${title}${quote}`));
      // long titles stand on a line of their own
      const alone = code.split('\n').some((line) => line.trim() === `'${title}',`);
      expect([title, titled || alone]).toEqual([title, true]);
    },
  );
});
