/** i18next JSON v4 as Weblate and editors take it: key → text; the marks stand together under one key of their own. */
import { z } from 'zod';
import { ExchangeFault, readMark, type ReturnedSheet, type Sheet, writeMark } from './unit.ts';

const MARKS = '@marks';
const FileSchema = z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]));

export function writeJson({ units }: Sheet): string {
  const texts = Object.fromEntries(units.map(({ key, target }) => [key, target]));
  const marks = Object.fromEntries(units.map((unit) => [unit.key, writeMark(unit)]));
  return `${JSON.stringify({ ...texts, [MARKS]: marks }, null, 2)}\n`;
}

/** @throws ExchangeFault when it is no flat i18next JSON */
export function readJson(text: string): ReturnedSheet {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new ExchangeFault('the file is no JSON: export it again', { cause: error });
  }
  const file = FileSchema.safeParse(parsed);
  if (!file.success) throw new ExchangeFault('the file must hold keys and texts only: export it flat');
  const marks = file.data[MARKS];
  return {
    language: null,
    rows: Object.entries(file.data).flatMap(([key, target]) => {
      if (typeof target !== 'string') return [];
      const mark = typeof marks === 'object' ? marks[key] : undefined;
      return [{ key, target, mark: mark === undefined ? null : readMark(mark), where: `key "${key}"` }];
    }),
  };
}
