/** The register of facts that texts state: laws, fees, deadlines, amounts, offices, forms. What is said of each on a given day. */
import { z } from 'zod';
import type { Problem } from './assets.ts';
import { checkShape, fault, type YamlFile } from './yaml.ts';

/** Folder of the register: one file for each area, so that several people can keep it. */
export const FACTS_FOLDER = 'content/registers/facts/';

/** `[[vn-111]]` in a text stands for the number of that hotline, `[[child-age]]` for what that fact says. */
export const REFERENCE = /\[\[([a-z0-9-]+)\]\]/g;

export const FACT_KINDS = ['law', 'fee', 'deadline', 'amount', 'office', 'form', 'figure'] as const;

const DateText = z.iso.date('a date looks like 2026-11-22');
const Said = z.strictObject({ vi: z.string().trim().min(1), en: z.string().trim().min(1) });

export const FactSchema = z
  .strictObject({
    /** one over all registers: hotlines too */
    id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'an id looks like fee-taiwan-max'),
    kind: z.enum(FACT_KINDS),
    /** `hold`: not certain enough to be said; `retired`: no longer true, kept so that nobody enters it again */
    display: z.enum(['live', 'hold', 'retired']),
    /** `confirmed`: two or more sources; `likely`: one; `unverified`: known from somewhere, no source found */
    confidence: z.enum(['confirmed', 'likely', 'unverified']),
    /** exactly what stands in the text where the id is written */
    value: Said,
    /** for editors: what it states and where it applies */
    says: z.string().min(1),
    /** title and article, or an id of sources.yaml */
    source: z.string().min(1),
    source_date: DateText.nullable(),
    /** the day the source was read */
    checked: DateText,
    /** from this day on `instead` stands in the texts, until the fact was checked again */
    expires: DateText,
    owner: z.enum(['legal', 'hotline', 'editor']),
    /** what stands in the text when the fact may not be said; may name a hotline */
    instead: Said,
  })
  .refine(({ display, confidence }) => display !== 'live' || confidence === 'confirmed', {
    path: ['display'],
    message: 'only what is confirmed may be live: find a second source, or set display: hold',
  })
  .refine(({ checked, expires }) => checked < expires, {
    path: ['expires'],
    message: 'lies before the day of the check',
  });
export type Fact = z.infer<typeof FactSchema>;

export const FactsFileSchema = z.array(FactSchema).min(1);

/** True when the fact may be said on `now`: live and not past its expiry. */
export function isSaid(fact: Fact, now: Date): boolean {
  return fact.display === 'live' && now.toISOString().slice(0, 10) < fact.expires;
}

/** What stands in a text of `language` on `now`. Other languages than English get the Vietnamese words. */
export function factText(fact: Fact, language: string, now: Date): string {
  const said = isSaid(fact, now) ? fact.value : fact.instead;
  return language === 'en' ? said.en : said.vi;
}

export interface FactsRead {
  /** by id, with the numbers in `instead` filled in */
  facts: ReadonlyMap<string, Fact>;
  /** the file of each id */
  paths: ReadonlyMap<string, string>;
  problems: readonly Problem[];
}

/**
 * Reads all files of the register.
 * @param shownNumber the number of a hotline as it is shown; null when there is none to show
 * @param taken ids of other registers
 * @returns the facts, and every fault with its line
 */
export function readFacts(
  files: readonly YamlFile[],
  shownNumber: (id: string) => string | null,
  taken: ReadonlySet<string>,
): FactsRead {
  const facts = new Map<string, Fact>();
  const paths = new Map<string, string>();
  const problems: Problem[] = [];
  for (const file of files) {
    const shape = checkShape(file, FactsFileSchema);
    if (!shape.ok) {
      problems.push(...shape.problems.map(withCommaHint));
      continue;
    }
    shape.value.forEach((fact, index) => {
      const report = (field: string, message: string, mend: string): void => {
        problems.push(fault(file.path, file.lineOf([index, field]), `${fact.id}: ${message}`, mend));
      };
      const home = paths.get(fact.id) ?? (taken.has(fact.id) ? 'content/registers/hotlines.yaml' : null);
      if (home !== null) report('id', `the id is taken (${home})`, 'give one of the two another id');
      if (Object.values(fact.value).some((text) => text.search(REFERENCE) >= 0))
        report('value', 'refers to another entry', 'write out what is said; only instead may name a number');
      paths.set(fact.id, file.path);
      const fill = (text: string): string =>
        text.replace(REFERENCE, (_all, id: string) => {
          const number = shownNumber(id);
          if (number === null)
            report(
              'instead',
              `[[${id}]] has no number that may be shown`,
              'name a hotline, for example [[vn-111]]',
            );
          return number ?? '';
        });
      facts.set(fact.id, { ...fact, instead: { vi: fill(fact.instead.vi), en: fill(fact.instead.en) } });
    });
  }
  return { facts, paths, problems };
}

/** `{ vi: một, hai, en: … }` is the commonest slip: YAML reads "hai" as a key. */
function withCommaHint(problem: Problem): Problem {
  return problem.message.includes('Unrecognized key')
    ? { ...problem, mend: 'take it out; a text with a comma inside { } stands in quotes' }
    : problem;
}
