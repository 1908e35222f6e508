/** XLIFF 2.0: one file of one language pair, a unit per text; the note ends with the mark. */
import { js2xliff, xliff2js } from 'xliff';
import { ExchangeFault, readMark, type ReturnedSheet, type Sheet, writeMark } from './unit.ts';

const FILE_ID = 'messages';

export async function writeXliff({ language, units }: Sheet): Promise<string> {
  return js2xliff({
    sourceLanguage: 'vi',
    targetLanguage: language,
    resources: {
      [FILE_ID]: Object.fromEntries(
        units.map((unit) => [
          unit.key,
          {
            source: unit.source,
            ...(unit.target !== '' && { target: unit.target }),
            note: `${unit.note}\n${writeMark(unit)}`.trim(),
          },
        ]),
      ),
    },
  });
}

/** @throws ExchangeFault when it is no XLIFF 2.0, or one that could harm */
export async function readXliff(text: string): Promise<ReturnedSheet> {
  // a document type can hold entities that grow without end or read other files
  if (/<!(?:DOCTYPE|ENTITY)/iu.test(text))
    throw new ExchangeFault('the file declares a DOCTYPE: export it again without one');
  let file;
  try {
    file = await xliff2js(text);
  } catch (error) {
    throw new ExchangeFault('the file is no XLIFF 2.0: export it again as XLIFF 2.0', { cause: error });
  }
  return {
    language: file.targetLanguage ?? null,
    rows: Object.values(file.resources).flatMap((units) =>
      Object.entries(units).map(([key, { target, note }]) => ({
        key,
        target: plain(target, key),
        mark: typeof note === 'string' ? readMark(note.split('\n').at(-1) ?? '') : null,
        where: `unit "${key}"`,
      })),
    ),
  };
}

/** Our texts have no inline elements; a program that puts some in would have to take them out again. */
function plain(target: unknown, key: string): string {
  if (target === undefined || target === null) return '';
  if (typeof target === 'string') return target;
  throw new ExchangeFault(`unit "${key}": the target holds elements, only text can be taken`);
}
