/** Which changes two people have to approve: what is said in danger, numbers and facts, and what counts as danger or a warning sign. */
import { parse } from 'yaml';
import type { FileChange } from './manifest.ts';

/** Whole files; a text file of a language counts when one of its `safety` texts changed. */
const ALWAYS: readonly RegExp[] = [
  /^content\/safety\//,
  /^content\/signals\//,
  /^content\/registers\//,
  /^content\/(?:commands|routes|languages|wording|typed-facts|desk)\.yaml$/,
  /^flows\/(?:in-danger|are-you-safe|erase|talk-to-a-person|numbers)\.yaml$/,
  /^flows\/released\//,
];
const MESSAGES = /^content\/messages\/[A-Za-z0-9-]+\.yaml$/;

/** @param before null: there was no such file. @param after null: there is none any more */
export function needsTwo(
  change: { path: string; change: FileChange },
  before: string | null,
  after: string | null,
): boolean {
  if (ALWAYS.some((pattern) => pattern.test(change.path))) return true;
  if (!MESSAGES.test(change.path)) return false;
  const from = readSafetyTexts(before);
  const to = readSafetyTexts(after);
  // what cannot be read cannot be told apart
  if (from === null || to === null) return true;
  return [...new Set([...from.keys(), ...to.keys()])].some((key) => from.get(key) !== to.get(key));
}

/** key → all of a text that is marked `safety`. @returns null when the file is broken */
function readSafetyTexts(text: string | null): ReadonlyMap<string, string> | null {
  if (text === null) return new Map();
  let data: unknown;
  try {
    data = parse(text, { maxAliasCount: 50 });
  } catch {
    return null;
  }
  if (typeof data !== 'object' || data === null) return null;
  const entries: readonly [string, unknown][] = Object.entries(data);
  return new Map(
    entries.flatMap(([key, value]): [string, string][] =>
      typeof value === 'object' && value !== null && 'safety' in value && value.safety === true
        ? [[key, JSON.stringify(value)]]
        : [],
    ),
  );
}
