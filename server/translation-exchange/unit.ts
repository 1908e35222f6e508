/** What goes to a translator and comes back: one text with all that is needed to tell later whether it still fits. Pure. */
import { createHash } from 'node:crypto';

/** missing: nothing written. stale: the Vietnamese text changed since. draft: nobody has read it again. reviewed: somebody has. */
export type UnitState = 'missing' | 'stale' | 'draft' | 'reviewed';

export interface Unit {
  key: string;
  /** the Vietnamese text */
  source: string;
  /** of everything that is said under the key: another print, another text */
  sourcePrint: string;
  /** '' = not written */
  target: string;
  /** what has to be known besides the words, in Vietnamese */
  note: string;
  state: UnitState;
}

export interface Sheet {
  /** tag of content/languages.yaml */
  language: string;
  units: readonly Unit[];
}

/** A row of a file that came back. */
export interface Returned {
  key: string;
  target: string;
  /** print of the source and of the target when the file was written; null: the file lost it */
  mark: Mark | null;
  /** where in the file, for people */
  where: string;
}
export interface ReturnedSheet {
  /** null: the file does not say */
  language: string | null;
  rows: readonly Returned[];
}

export interface Mark {
  sourcePrint: string;
  targetPrint: string;
}

const PRINT_LENGTH = 12;

export function printOfTarget(target: string): string {
  return createHash('sha256').update(target.normalize('NFC')).digest('hex').slice(0, PRINT_LENGTH);
}

/** As it stands in a file: `239bd6dda7e2.e3b0c44298fc`. */
export function writeMark(unit: Unit): string {
  return `${unit.sourcePrint}.${printOfTarget(unit.target)}`;
}

export function readMark(text: string): Mark | null {
  const found = /^([0-9a-f]{12})\.([0-9a-f]{12})$/.exec(text.trim());
  const [, sourcePrint, targetPrint] = found ?? [];
  return sourcePrint === undefined || targetPrint === undefined ? null : { sourcePrint, targetPrint };
}

/** What is wrong with a file as a whole: it is refused, with the place and what to do. */
export class ExchangeFault extends Error {}
