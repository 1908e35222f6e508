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
  const places = [...explored.places.values()];
  for (const language of assets.languages) {
    const numbered = new Set(places.filter((place) => showsOne(place, language, showsNumber)));
    const toPerson = distances(places, language, (way) => way.handover);
    const toNumber = distances(places, language, (way) => givesNumber(way, numbered));
    for (const place of places) {
      const { mode } = place.state;
      const person = toPerson.get(place) ?? Infinity;
      const number = numbered.has(place) ? 0 : (toNumber.get(place) ?? Infinity);
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

/** A number was on the screen on the way in. */
function showsOne(
  { state, said }: Place,
  language: string,
  showsNumber: (key: string, language: string) => boolean,
): boolean {
  return state.mode === 'normal' && said.some(({ key, sure }) => sure && showsNumber(key, language));
}

function givesNumber(way: Way, numbered: ReadonlySet<Place>): boolean {
  if (way.input.numbers) return true;
  return way.to.length > 0 && way.to.every((place) => numbered.has(place));
}

/** Fewest inputs from each place until `arrives` is sure, whatever the conditions on the way decide. */
function distances(
  places: readonly Place[],
  language: string,
  arrives: (way: Way) => boolean,
): ReadonlyMap<Place, number> {
  const found = new Map<Place, number>();
  const can = ({ input: { languages } }: Way): boolean => languages === null || languages.includes(language);
  const leads = (way: Way, inputs: number): boolean =>
    way.to.length > 0 && way.to.every((place) => (found.get(place) ?? Infinity) < inputs);
  for (let inputs = 1; inputs <= MAX_TO_A_PERSON; inputs += 1) {
    const now = places.filter(
      (place) =>
        !found.has(place) && place.ways.some((way) => can(way) && (arrives(way) || leads(way, inputs))),
    );
    for (const place of now) found.set(place, inputs);
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
