/** Whether a translation can take the place of its Vietnamese text: same blanks, same facts, sound braces, no numbers of its own. Pure. */
import { IntlMessageFormat } from 'intl-messageformat';

const FACT = /\[\[([^[\]]*)\]\]/gu;
/** anything that is no letter, sign or space a person types; line breaks are ordinary */
const HIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/** shorter ones are ages, days, doses of "2–3" */
const NUMBER = /\p{Nd}{3}/u;

/** @returns what is wrong and what to do, or null */
export function findTargetFault(source: string, target: string): string | null {
  if (HIDDEN.test(target)) return 'holds a control or direction sign: type it anew as plain text';
  const [wanted, found] = [listArguments(source), listArguments(target)];
  if (found === null)
    return 'has braces that ICU cannot read: they must stand in pairs, as in the Vietnamese text';
  const [facts, given] = [listFacts(source), listFacts(target)];
  if (/\[\[|\]\]/u.test(target.replaceAll(FACT, ''))) return 'has [[ or ]] alone: they must stand in pairs';
  const lost = [
    ...difference(wanted ?? [], found).map(inBraces),
    ...difference(facts, given).map(inBrackets),
  ];
  if (lost.length > 0) return `lacks ${lost.join(', ')}: put it where it belongs, unchanged`;
  const extra = [
    ...difference(found, wanted ?? []).map(inBraces),
    ...difference(given, facts).map(inBrackets),
  ];
  if (extra.length > 0) return `has ${extra.join(', ')}, which the Vietnamese text has not: take it out`;
  const bare = (text: string): string => text.replaceAll(FACT, '');
  if (NUMBER.test(bare(target)) && !NUMBER.test(bare(source)))
    return 'has a number typed by hand: numbers come from the register, by [[…]]';
  return null;
}

const inBraces = (name: string): string => `{${name}}`;
const inBrackets = (id: string): string => `[[${id}]]`;

function difference(all: readonly string[], without: readonly string[]): string[] {
  return [...new Set(all)].filter((one) => !without.includes(one));
}

function listFacts(text: string): readonly string[] {
  return [...text.matchAll(FACT)].map(([, id = '']) => id);
}

/** Names of the blanks, also those inside the branches of a select. @returns null when it is no ICU text */
function listArguments(text: string): readonly string[] | null {
  const names: string[] = [];
  const walk = (parts: readonly unknown[]): void => {
    for (const part of parts) {
      if (typeof part !== 'object' || part === null) continue;
      // 0 is plain text, 7 the number sign of a plural
      if ('value' in part && typeof part.value === 'string' && 'type' in part && part.type !== 0)
        names.push(part.value);
      if (!('options' in part) || typeof part.options !== 'object' || part.options === null) continue;
      const options: readonly unknown[] = Object.values(part.options);
      for (const option of options)
        if (typeof option === 'object' && option !== null && 'value' in option && Array.isArray(option.value))
          walk(option.value);
    }
  };
  try {
    walk(new IntlMessageFormat(text, 'vi').getAst());
    return names;
  } catch {
    return null;
  }
}
