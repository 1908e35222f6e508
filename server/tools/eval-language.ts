/** Task `language`: which language a message is written in. */
import { z } from 'zod';
import { type Assets, type LanguageReading, readLanguage } from '../../bot/index.ts';
import { checkRows, confusion, type Evaluation, share, timeEach } from './eval-rows.ts';

const RowSchema = z.object({
  id: z.string().optional(),
  text: z.string(),
  label: z.string(),
  form: z.string().optional(),
});

const MAJORITY: readonly string[] = ['vi', 'en'];
/** Languages of peoples in and next to Vietnam: nobody who writes Vietnamese or English is taken for one of them. */
const MINORITY: readonly string[] =
  'hmn hmv mww blt twh km ium tyz nut rad jra bdq cjm cja cmo sed kpm hea hms hni lus cnh'.split(' ');
const USUAL = 'vi';
/** Told by their script alone, whether content/languages.yaml lists them or not. */
const SCRIPTS: readonly string[] = ['km', 'lo', 'th', 'my', 'zh', 'ja', 'ko', 'blt', 'cjm'];
const UNKNOWN = 'unknown';
const MOST_ERRORS = 25;
/** As long as most messages are. */
const MESSAGE_UTF16 = { from: 20, to: 60 } as const;

export function evaluateLanguage({ languageSet }: Assets, input: readonly unknown[]): Evaluation {
  const rows = checkRows(RowSchema, input);
  const { results, usPerRow } = timeEach(rows, (row) => readLanguage(languageSet, row.text));
  const judged = rows.flatMap((row, at) => {
    const reading = results[at];
    return reading === undefined
      ? []
      : [{ row, reading, predicted: actedOn(reading), guess: guessOf(reading) }];
  });
  type Judged = (typeof judged)[number];
  const known = [...languageSet.profiles.languages, ...languageSet.letters.keys(), ...SCRIPTS];
  // where there is no profile the right answer is not to know
  const isRight = ({ row, predicted }: Judged): boolean =>
    predicted === (known.includes(row.label) ? row.label : UNKNOWN);
  const labels = [...new Set(rows.map(({ label }) => label))].sort();
  const forms = [...new Set(rows.flatMap(({ form }) => (form === undefined ? [] : [form])))].sort();
  const usual = judged.filter(({ row }) => row.label === USUAL);
  const isLeft = ({ predicted }: Judged): boolean => predicted !== USUAL && predicted !== UNKNOWN;
  return {
    predictions: judged.map(({ row, reading, predicted, guess }) => ({
      ...(row.id === undefined ? {} : { id: row.id }),
      text: row.text,
      expected: row.label,
      predicted,
      reasons: [`${reading.kind}: ${guess}`],
    })),
    explain: () =>
      [
        ...confusion(
          'language',
          judged.map(({ row, predicted }) => ({ expected: row.label, predicted })),
        ),
        '',
        'taken for another language, those people use most first:',
        ...judged
          .filter((one) => !isRight(one) && one.predicted !== UNKNOWN)
          .sort((a, b) => Number(b.row.label === USUAL) - Number(a.row.label === USUAL))
          .slice(0, MOST_ERRORS)
          .map(({ row, predicted }) => `  ${row.id ?? '?'} ${row.label} → ${predicted} "${row.text}"`),
      ].join('\n'),
    scores: {
      n: rows.length,
      accuracy: share(judged, isRight),
      /** the best guess, also where it is not acted on */
      guessAccuracy: share(judged, ({ row, guess }) => row.label === guess),
      byLanguage: Object.fromEntries(
        labels.map((label) => {
          const own = judged.filter(({ row }) => row.label === label);
          return [
            label,
            {
              n: own.length,
              accuracy: share(own, isRight),
              guessAccuracy: share(own, ({ guess }) => guess === label),
            },
          ];
        }),
      ),
      /** of 20 to 60 characters only */
      byLanguageAtMessageLength: Object.fromEntries(
        labels.map((label) => {
          const own = judged.filter(
            ({ row }) =>
              row.label === label &&
              row.text.length >= MESSAGE_UTF16.from &&
              row.text.length <= MESSAGE_UTF16.to,
          );
          return [label, { n: own.length, accuracy: share(own, isRight) }];
        }),
      ),
      ...(forms.length === 0
        ? {}
        : {
            byForm: Object.fromEntries(
              forms.map((form) => {
                const own = judged.filter(({ row }) => row.form === form);
                return [form, { n: own.length, accuracy: share(own, isRight) }];
              }),
            ),
          }),
      withoutProfile: labels.filter((label) => !known.includes(label)),
      leftVietnamese: share(usual, isLeft),
      falseMinority: share(
        judged.filter(({ row }) => MAJORITY.includes(row.label)),
        ({ predicted }) => predicted.split(' ').some((language) => MINORITY.includes(language)),
      ),
      usPerMessage: usPerRow,
    },
  };
}

/** What the bot goes by: what is sure; and Vietnamese as long as nothing else fits better. */
function actedOn(reading: LanguageReading): string {
  switch (reading.kind) {
    case 'sure':
      return reading.language;
    case 'likely':
      return reading.language === USUAL ? USUAL : UNKNOWN;
    case 'one-of':
      return reading.languages.join(' ');
    case 'unknown':
      return UNKNOWN;
  }
}

function guessOf(reading: LanguageReading): string {
  return 'language' in reading ? reading.language : actedOn(reading);
}
