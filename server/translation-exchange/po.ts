/** GNU gettext: `msgctxt` is the key, `msgid` the Vietnamese text, `#.` the note, `#: ` the mark, `#, fuzzy` what is stale. */
import { po } from 'gettext-parser';
import type { PoEntry } from 'gettext-parser';
import { ExchangeFault, readMark, type ReturnedSheet, type Sheet, writeMark } from './unit.ts';

/** before a mark, in the comment that editors keep as they find it */
const MARK = 'mark:';

/** @param now stands in the head of the file */
export function writePo({ language, units }: Sheet, now: Date): Buffer {
  const translations: Record<string, Record<string, PoEntry>> = {
    '': { '': { msgid: '', msgstr: [''] } },
  };
  for (const unit of units) {
    translations[unit.key] = {
      [unit.source]: {
        msgctxt: unit.key,
        msgid: unit.source,
        msgstr: [unit.target],
        comments: {
          extracted: [unit.note, `${MARK}${writeMark(unit)}`].filter((line) => line !== '').join('\n'),
          ...(unit.state === 'stale' && { flag: 'fuzzy' }),
        },
      },
    };
  }
  return po.compile({
    charset: 'utf-8',
    headers: {
      'Project-Id-Version': 'hoi-truoc',
      'PO-Revision-Date': `${now.toISOString().slice(0, 16).replace('T', ' ')}+0000`,
      'Last-Translator': 'hoi-truoc',
      'Language-Team': language,
      Language: language,
      'MIME-Version': '1.0',
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Transfer-Encoding': '8bit',
      // none of these languages tells one from many by form
      'Plural-Forms': 'nplurals=1; plural=0;',
    },
    translations,
  });
}

/** @throws ExchangeFault when it is no PO file */
export function readPo(text: string): ReturnedSheet {
  let file;
  try {
    file = po.parse(text);
  } catch (error) {
    throw new ExchangeFault(
      `the file is no PO file (${error instanceof Error ? error.message : 'cannot be read'}): export it again from your program`,
      { cause: error },
    );
  }
  if (file.headers === undefined)
    throw new ExchangeFault('the file is no PO file (it has no head): export it again from your program');
  const entries = Object.values(file.translations).flatMap((context) => Object.values(context));
  return {
    language: file.headers['Language'] ?? file.headers['language'] ?? null,
    rows: entries
      .filter(({ msgid }) => msgid !== '')
      .map(({ msgctxt = '', msgstr, comments }) => {
        const isFuzzy = comments?.flag?.includes('fuzzy') ?? false;
        const line = comments?.extracted?.split('\n').find((one) => one.trim().startsWith(MARK));
        return {
          key: msgctxt,
          // fuzzy means: not looked at yet
          target: isFuzzy ? '' : (msgstr[0] ?? ''),
          mark: line === undefined ? null : readMark(line.trim().slice(MARK.length)),
          where: `msgctxt "${msgctxt}"`,
        };
      }),
  };
}
