/** What changed between two texts, in words: `[-old-]{+new+}` with a few words around. */
import { diffWordsWithSpace } from 'diff';

const WORDS_AROUND = 5;

export interface WordChange {
  /** 1-based line of the earlier text where the change begins */
  line: number;
  text: string;
}

interface Same {
  kind: 'same';
  text: string;
}
interface Changed {
  kind: 'changed';
  old: string;
  new: string;
}
type Part = Same | Changed;

/** Changes that stand close together are shown as one. Nothing changed: an empty list. */
export function wordDiff(before: string, after: string): readonly WordChange[] {
  const parts = partsOf(before, after);
  const changes: { line: number; text: string; open: boolean }[] = [];
  let line = 1;
  parts.forEach((part, index) => {
    const current = changes.at(-1);
    if (part.kind === 'changed') {
      const previous = parts[index - 1];
      const lead = previous?.kind === 'same' ? lastWords(previous.text) : '';
      if (current?.open === true) current.text += shown(part);
      else changes.push({ line, text: lead + shown(part), open: true });
      line += newlines(part.old);
      return;
    }
    line += newlines(part.text);
    if (current === undefined) return;
    const goesOn = index < parts.length - 1 && wordsOf(part.text).length <= 2 * WORDS_AROUND;
    current.open = goesOn;
    current.text += goesOn ? visible(part.text) : firstWords(part.text);
  });
  return changes.map((change) => ({ line: change.line, text: change.text.trim() }));
}

/** One line for each change, as `file:line: words`. */
export function wordDiffLines(file: string, before: string, after: string): readonly string[] {
  return wordDiff(before, after).map(({ line, text }) => `${file}:${line}: ${text}`);
}

function partsOf(before: string, after: string): readonly Part[] {
  const parts: Part[] = [];
  for (const { value, added, removed } of diffWordsWithSpace(before, after)) {
    const last = parts.at(-1);
    if (!added && !removed) {
      parts.push({ kind: 'same', text: value });
    } else if (last?.kind === 'changed') {
      last.old += removed ? value : '';
      last.new += added ? value : '';
    } else {
      parts.push({ kind: 'changed', old: removed ? value : '', new: added ? value : '' });
    }
  }
  return joinAcrossSpaces(parts);
}

/** Two changed words with only a space between them read as one change. */
function joinAcrossSpaces(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const beforeLast = joined.at(-2);
    if (
      part.kind === 'changed' &&
      last?.kind === 'same' &&
      /^ +$/.test(last.text) &&
      beforeLast?.kind === 'changed'
    ) {
      joined.pop();
      beforeLast.old += last.text + part.old;
      beforeLast.new += last.text + part.new;
    } else {
      joined.push(part);
    }
  }
  return joined;
}

function shown(part: Changed): string {
  const old = part.old === '' ? '' : `[-${visible(part.old)}-]`;
  const now = part.new === '' ? '' : `{+${visible(part.new)}+}`;
  return old + now;
}

function lastWords(text: string): string {
  const words = wordsOf(text);
  const kept = words.slice(-WORDS_AROUND);
  return (kept.length < words.length ? '… ' : '') + visible(kept.join(''));
}

function firstWords(text: string): string {
  const words = wordsOf(text);
  const kept = words.slice(0, WORDS_AROUND);
  return visible(kept.join('')).trimEnd() + (kept.length < words.length ? ' …' : '');
}

/** Words with the spaces around them, so that joined they give the text back. */
function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+\s*/g) ?? (text === '' ? [] : [text]);
}

/** A new line is shown as a sign, so that one that came or went is seen. */
function visible(text: string): string {
  return text.replaceAll(/ *\n+ */g, ' ⏎ ');
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}
