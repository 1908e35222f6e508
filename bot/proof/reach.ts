/** Who is never left alone: from every place a person in two inputs at most, a number in one, in every language. */
import type { Assets, Problem } from '../content/assets.ts';
import { fault } from '../content/yaml.ts';
import { flowAt } from '../flow/versions.ts';
import { type Explored, pathTo, type Place, type Way } from './explore.ts';
import { topOf } from './state.ts';

/** Inputs until somebody is asked for. */
export const MAX_TO_A_PERSON = 2;
/** Inputs until a telephone number is on the screen; in quiet mode the agreed word comes first, for the number would betray. */
export const MAX_TO_A_NUMBER = { normal: 1, quiet: 2 } as const;

export interface Reach {
  problems: readonly Problem[];
  /** the most inputs needed from any place, in any language */
  person: number;
  number: { normal: number; quiet: number };
}

/** @param showsNumber true when a text holds a telephone number in that language, wherever the person is */
export function proveReach(
  assets: Assets,
  explored: Explored,
  showsNumber: (key: string, language: string) => boolean,
): Reach {
  const problems: Problem[] = [];
  const most = { person: 0, number: { normal: 0, quiet: 0 } };
  for (const language of assets.languages) {
    const toPerson = distances(explored, language, (way) => way.handover);
    const toNumber = distances(explored, language, (way) => givesNumber(way, language, showsNumber));
    for (const place of explored.places.values()) {
      const { mode } = place.state;
      const person = toPerson.get(place.key) ?? Infinity;
      const isShown =
        mode === 'normal' && place.said.some(({ key, sure }) => sure && showsNumber(key, language));
      const number = isShown ? 0 : (toNumber.get(place.key) ?? Infinity);
      most.person = Math.max(most.person, person);
      most.number[mode] = Math.max(most.number[mode], number);
      if (person > MAX_TO_A_PERSON)
        problems.push(
          alone(
            assets,
            place,
            language,
            'no person can be asked for',
            'lead a choice to talk-to-a-person, or free the word for it: no label here may take it',
          ),
        );
      if (number > MAX_TO_A_NUMBER[mode])
        problems.push(
          alone(
            assets,
            place,
            language,
            'no number can be asked for',
            'free the word for the numbers: no label here may take it',
          ),
        );
    }
  }
  return { problems, ...most };
}

function givesNumber(
  way: Way,
  language: string,
  showsNumber: (key: string, language: string) => boolean,
): boolean {
  if (way.input.numbers) return true;
  return (
    way.to.length > 0 &&
    way.to.every(
      ({ state, said }) =>
        state.mode === 'normal' && said.some(({ key, sure }) => sure && showsNumber(key, language)),
    )
  );
}

/** Fewest inputs from each place until `arrives` is sure, whatever the conditions on the way decide. */
function distances(
  explored: Explored,
  language: string,
  arrives: (way: Way) => boolean,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const can = (way: Way): boolean => way.input.languages === null || way.input.languages.includes(language);
  for (let inputs = 1; inputs <= MAX_TO_A_PERSON; inputs += 1) {
    const now = [...explored.places.values()].filter(
      (place) =>
        !found.has(place.key) &&
        place.ways.some(
          (way) =>
            can(way) &&
            (arrives(way) ||
              (way.to.length > 0 && way.to.every(({ key }) => (found.get(key) ?? Infinity) < inputs))),
        ),
    );
    for (const { key } of now) found.set(key, inputs);
  }
  return found;
}

function alone(assets: Assets, place: Place, language: string, what: string, mend: string): Problem {
  const top = topOf(place.state);
  const flow = top === null ? null : flowAt(assets, top);
  const where = top === null ? 'where nothing is asked' : `${top.flow}.${top.node}`;
  return fault(
    flow?.path ?? 'flows',
    top === null ? null : (flow?.lines.get(top.node) ?? null),
    `${where} (${language}${place.state.mode === 'quiet' ? ', quiet' : ''}): ${what}. Way there: ${pathTo(place)}`,
    mend,
  );
}
