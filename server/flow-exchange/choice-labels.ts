/** Makes choices that can be told apart when they are typed: no two alike, no number that means another place in the list. */
import type { ChoiceEntry } from './text-table.ts';

export interface WishedChoice {
  id: string;
  label: string;
  typed: readonly string[];
}

export interface SettledChoices {
  entries: Readonly<Record<string, ChoiceEntry>>;
  /** what was changed, for notes: choice id and why */
  changed: readonly { id: string; why: string }[];
}

/** A typed number counts the choices in the order shown; that is how people answer a numbered list. */
const NUMBER = /^\D{0,8}\d{1,2}\W*$/u;

export function settleChoices(choices: readonly WishedChoice[]): SettledChoices {
  const changed: { id: string; why: string }[] = [];
  const entries: Record<string, ChoiceEntry> = {};
  const labels = new Set<string>();
  const labelled = choices.map((choice, index) => {
    let label = choice.label.trim().replace(/\s+/g, ' ');
    if (fold(label) === '') {
      changed.push({ id: choice.id, why: `its label has no letters; it is called "${choice.id}"` });
      label = choice.id;
    }
    if (NUMBER.test(label) && Number(/\d+/.exec(label)?.[0]) !== index + 1) {
      changed.push({
        id: choice.id,
        why: 'a number that is typed counts the choices; its label stands in quotes',
      });
      label = `“${label}”`;
    }
    for (let count = 2; labels.has(fold(label)); count += 1) {
      if (count === 2)
        changed.push({ id: choice.id, why: 'another choice has the same label; it got a number' });
      label = `${choice.label.trim()} (no. ${count})`;
    }
    labels.add(fold(label));
    return { ...choice, label };
  });
  const seen = new Set(labels);
  labelled.forEach((choice, index) => {
    const typed: string[] = [];
    for (const wished of choice.typed) {
      const way = wished.trim().replace(/\s+/g, ' ');
      if (NUMBER.test(way)) {
        if (Number(/\d+/.exec(way)?.[0]) !== index + 1)
          changed.push({
            id: choice.id,
            why: `"${way}" counts the choices here, and this is number ${index + 1}`,
          });
        continue;
      }
      if (fold(way) === fold(choice.label) || typed.some((other) => fold(other) === fold(way))) continue;
      if (fold(way) === '' || seen.has(fold(way))) {
        changed.push({ id: choice.id, why: 'a word of it has no letters or already means another choice' });
        continue;
      }
      seen.add(fold(way));
      typed.push(way);
    }
    entries[choice.id] = { label: choice.label, typed };
  });
  return { entries, changed };
}

export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
