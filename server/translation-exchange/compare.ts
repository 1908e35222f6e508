/** What a file that came back would change, row by row, before anything is written. Pure. */
import { findTargetFault } from './target-fault.ts';
import type { Returned, ReturnedSheet, Sheet, Unit } from './unit.ts';
import { printOfTarget } from './unit.ts';

export type Verdict =
  /** takes the place of nothing, or of an older translation */
  | 'new'
  | 'changed'
  | 'unchanged'
  /** the Vietnamese text changed since the file was written */
  | 'stale'
  /** somebody else wrote here since the file was written */
  | 'conflict'
  /** there is no such text */
  | 'unknown'
  /** what was written cannot be served: `why` says what is wrong */
  | 'faulty';

export interface Compared {
  row: Returned;
  verdict: Verdict;
  why: string | null;
}

/** Only `new` and `changed` are ever written. */
export function compareSheets(current: Sheet, returned: ReturnedSheet): readonly Compared[] {
  const units = new Map(current.units.map((unit) => [unit.key, unit]));
  const seen = new Set<string>();
  return returned.rows.map((row): Compared => {
    const unit = units.get(row.key);
    if (unit === undefined) return judged(row, 'unknown', 'no text has this key any more');
    if (seen.has(row.key)) return judged(row, 'faulty', 'the key stands twice in the file');
    seen.add(row.key);
    return compareRow(row, unit);
  });
}

function compareRow(row: Returned, unit: Unit): Compared {
  const target = row.target.normalize('NFC').trim();
  // an empty cell says nothing: it never takes away what is there
  if (target === '' || target === unit.target) return judged(row, 'unchanged', null);
  if (row.mark === null)
    return judged(row, 'faulty', 'the mark is missing or was edited: copy it from a new export');
  if (row.mark.sourcePrint !== unit.sourcePrint)
    return judged(row, 'stale', 'the Vietnamese text has changed: translate it from a new export');
  if (row.mark.targetPrint !== printOfTarget(unit.target))
    return judged(row, 'conflict', 'somebody else has written here since: compare, and export again');
  const why = findTargetFault(unit.source, target);
  if (why !== null) return judged(row, 'faulty', why);
  return judged(row, unit.target === '' ? 'new' : 'changed', null);
}

function judged(row: Returned, verdict: Verdict, why: string | null): Compared {
  return { row: { ...row, target: row.target.normalize('NFC').trim() }, verdict, why };
}
