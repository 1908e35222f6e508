/** Work lists and recording scripts are what `npm run languages -- prepare` writes, and nothing that somebody wrote is lost. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Assets, findMessage, type Language, renderText } from '../../../bot/index.ts';
import { fallbackMark, type RenderContext } from '../../../bot/content/render.ts';
import {
  composePrepared,
  printOf,
  readWorkList,
  type WorkList,
  writeWorkList,
} from '../../../server/tools/languages-prepare.ts';
import { readVoiceFirst, type VoiceFirst } from '../../../server/tools/recording-scripts.ts';
import { loadRealAssets, repositoryRoot } from '../../support/assets.ts';

let assets: Assets;
let language: Language;
beforeAll(async () => {
  assets = await loadRealAssets();
  const found = assets.allLanguages.find(({ tag }) => tag === 'jra-Latn-VN');
  if (found === undefined) throw new Error('the list of languages has no Jarai');
  language = found;
});

const VOICE: VoiceFirst = {
  groups: [{ group: 'a', how: 'chậm', texts: [{ key: 'welcome.hello', when: 'lúc đầu' }] }],
};
/** Not a word of any language. */
const entry = (of: string) => ({ text: 'xxxx', of, writer: 'AB', reviewer: null, reviewed: null });

describe('the prepared files', () => {
  it('are not stale (else run npm run languages -- prepare)', async () => {
    const files = await composePrepared(repositoryRoot);
    expect(files).toHaveLength(12);
    for (const { path, text } of files) expect(await readFile(join(repositoryRoot, path), 'utf8')).toBe(text);
  });

  it('hold every key, and nothing without somebody who wrote it', async () => {
    const keys = [...(assets.messages.get('vi')?.keys() ?? [])].sort();
    const lists = (await composePrepared(repositoryRoot)).filter(({ path }) => path.endsWith('.yaml'));
    for (const { path, text } of lists) {
      const list = readWorkList(path, text);
      expect(Object.keys(list.texts).sort()).toEqual(keys);
      expect(Object.values(list.texts).every((one) => one === null || one.writer !== '')).toBe(true);
    }
  });
});

describe('a work list', () => {
  const write = (old: WorkList | null): string => writeWorkList(language, assets, VOICE, old);
  const print = (): string => printOf(findMessage(assets, 'vi', 'welcome.hello'));
  const list = (texts: WorkList['texts'], gone: WorkList['gone'] = {}): WorkList => ({
    language: 'jra-Latn-VN',
    texts,
    gone,
  });

  it('begins with what is needed first, with its notes', () => {
    const lines = write(null).split('\n');
    expect(lines.find((_line, at) => lines[at + 1] === '  welcome.hello: null')).toBe(
      `  # 1 · ${print()} · thu tiếng trước. lúc đầu`,
    );
    const order = lines.filter((line) => /^ {2}# \d/.test(line)).map((line) => line.slice(4, 5));
    expect(order).toEqual([...order].sort());
  });

  it('keeps what somebody wrote, and writes itself again in the same words', () => {
    const once = write(list({ 'welcome.hello': entry(print()) }));
    expect(readWorkList('a', once).texts['welcome.hello']).toEqual(entry(print()));
    expect(write(readWorkList('a', once))).toBe(once);
    expect(once).not.toContain('ĐÃ ĐỔI');
  });

  it('marks what was made from an older Vietnamese text', () => {
    expect(write(list({ 'welcome.hello': entry('000000000000') }))).toMatch(
      /ĐÃ ĐỔI: xem lại\n {2}welcome\.hello:\n/,
    );
  });

  it('keeps apart what belongs to a text that is gone', () => {
    const text = write(list({ 'welcome.gone': entry('1') }, { 'older.gone': entry('2') }));
    expect(readWorkList('a', text).gone).toEqual({ 'welcome.gone': entry('1'), 'older.gone': entry('2') });
  });

  it.each([
    ['no YAML', 'texts: ['],
    ['a text without its writer', 'language: x\ntexts: { a: { text: b } }'],
    ['a field nobody knows', 'language: x\nwords: {}'],
  ])('that cannot be read is refused and not written over: %s', (_what, text) => {
    expect(() => readWorkList('translations/x.yaml', text)).toThrow(
      /^translations\/x\.yaml: [^]*Nothing was written: correct the file first\.$/,
    );
  });
});

describe('the texts voiced first', () => {
  const file = (texts: string): string => `groups:\n  - { group: a, how: chậm, texts: [${texts}] }\n`;

  it('are forty, each once', async () => {
    const text = await readFile(join(repositoryRoot, 'content/voice-first.yaml'), 'utf8');
    expect(readVoiceFirst('a', text, assets).groups.flatMap(({ texts }) => texts)).toHaveLength(40);
    expect(parse(text)).toHaveProperty('groups');
  });

  it.each([
    ['a text that is gone', '{ key: nothing.here, when: a }', /the text nothing\.here is not there/],
    [
      'a text that stands there twice',
      '{ key: welcome.hello, when: a }, { key: welcome.hello, when: b }',
      /welcome\.hello stands there twice/,
    ],
    ['a text without its moment', '{ key: welcome.hello }', /when/],
  ])('refuse %s', (_what, texts, message) => {
    expect(() => readVoiceFirst('a', file(texts), assets)).toThrow(message);
  });
});

describe('a text that does not exist in the language chosen', () => {
  const context = (tag: string, mode: RenderContext['mode'] = 'normal'): RenderContext => ({
    language: tag,
    mode,
    now: new Date('2026-11-25T00:00:00Z'),
    staffed: true,
    slots: {},
    args: {},
  });

  it.each([
    ['is said in Vietnamese after a sign that says so', 'km-VN', 'normal', '🔤 Tiếng Việt:\n'],
    ['has no sign where somebody may be reading along', 'km-VN', 'quiet', ''],
    ['has no sign in Vietnamese', 'vi', 'normal', ''],
    ['has no sign in English, where it exists', 'en', 'normal', ''],
  ] as const)('%s', (_what, tag, mode, mark) => {
    expect(fallbackMark(assets, context(tag, mode), 'welcome.hello')).toBe(mark);
  });

  it('is the Vietnamese one', () => {
    expect(renderText(assets, context('km-VN'), 'welcome.hello', 'text')).toContain('mình là Hỏi Trước');
  });
});
