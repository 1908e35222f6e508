/** `npm run facts -- coverage`: writes docs/content-coverage.md, what is known and where it is said; a test compares. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Assets, checkShape, loadAssets, readYaml, referencesIn } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { describeProblem } from './content-report.ts';

export const COVERAGE_PATH = 'content/coverage.yaml';
export const COVERAGE_PAGE = 'docs/content-coverage.md';
const MARK = '<!-- from here on written by npm run facts -- coverage -->';

const StatementSchema = z
  .strictObject({
    states: z.string().min(1),
    rests_on: z.string().min(1),
    mark: z.enum(['C', '1', 'U']),
    said: z
      .array(
        z
          .string()
          .regex(
            /^(message|lesson|signal|flow|fact|service|hotline) [a-z0-9.-]+$/,
            'looks like message intents.fees',
          ),
      )
      .default([]),
    not_said: z.string().min(1).optional(),
  })
  .refine(({ said, not_said }) => said.length > 0 || not_said !== undefined, 'needs said or not_said');
const CoverageSchema = z.strictObject({
  areas: z
    .array(z.strictObject({ title: z.string().min(1), statements: z.array(StatementSchema).min(1) }))
    .min(1),
});
export type Coverage = z.infer<typeof CoverageSchema>;

/** @throws Error with file, line and mend of every fault */
export function readCoverage(text: string): Coverage {
  const result = readYaml({ path: COVERAGE_PATH, text });
  if (!result.ok) throw new Error(result.problems.map(describeProblem).join('\n'));
  const shape = checkShape(result.file, CoverageSchema);
  if (!shape.ok) throw new Error(shape.problems.map(describeProblem).join('\n'));
  return shape.value;
}

/** Places that a statement names and that are not there (any more). */
export function findLostPlaces(coverage: Coverage, assets: Assets): readonly string[] {
  const source = assets.messages.get('vi');
  const isThere = (kind: string, id: string): boolean => {
    switch (kind) {
      case 'message':
        return source?.has(id) ?? false;
      case 'lesson':
        return assets.lessons.has(id);
      case 'signal':
        return assets.signals.byId.has(id);
      case 'flow':
        return assets.flows.has(id);
      case 'fact':
        return assets.facts.has(id);
      case 'service':
        return assets.services.some((service) => service.id === id);
      default:
        return assets.hotlines.has(id);
    }
  };
  return coverage.areas.flatMap(({ statements }) =>
    statements.flatMap(({ states, said }) =>
      said
        .filter((place) => {
          const [kind = '', id = ''] = place.split(' ');
          return !isThere(kind, id);
        })
        .map((place) => `${COVERAGE_PATH}: “${states}” is said at ${place}, which is not there`),
    ),
  );
}

/** The generated part: statements, warning signs, and every text that names a register entry. */
export function writeCoverage(coverage: Coverage, assets: Assets): string {
  return [...statementTables(coverage), ...signalTable(assets), ...referenceTable(assets), ''].join('\n');
}

function statementTables({ areas }: Coverage): readonly string[] {
  const all = areas.flatMap(({ statements }) => statements);
  const count = (what: string, some: readonly unknown[]): string => `${some.length} ${what}`;
  return [
    '## Statements',
    '',
    `${all.length} statements: ${count(
      'said',
      all.filter(({ not_said }) => not_said === undefined),
    )}, ` +
      `${count(
        'said in part or held',
        all.filter(({ said, not_said }) => said.length > 0 && not_said !== undefined),
      )}, ` +
      `${count(
        'not said',
        all.filter(({ said }) => said.length === 0),
      )}.`,
    ...areas.flatMap(({ title, statements }) => [
      '',
      `### ${title}`,
      '',
      '| statement | rests on | mark | said at | why not, or why not more |',
      '| --- | --- | --- | --- | --- |',
      ...statements.map(({ states, rests_on, mark, said, not_said }) =>
        row([states, rests_on, mark, said.map((place) => code(place)).join(', '), not_said ?? '']),
      ),
    ]),
  ];
}

function signalTable({ signals, lessons }: Assets): readonly string[] {
  const byId = [...signals.byId.values()].map(({ text }) => text);
  const taught = (id: string): string =>
    [...lessons.values()]
      .filter((lesson) => lesson.signs.includes(id))
      .map((lesson) => code(lesson.id))
      .join(', ');
  return [
    '',
    '## Warning signs',
    '',
    `${byId.length} signs. Each is said with its reason and with what to do tonight, in Vietnamese and English, when an offer shows it.`,
    '',
    '| sign | in Vietnamese | weight | forced-labour indicators | sources | told in stories |',
    '| --- | --- | --- | --- | --- | --- |',
    ...byId.map(({ id, title, weight, hard, ilo, sources, confidence }) =>
      row([
        code(id),
        title.vi,
        `${weight}${hard ? ', a person at once' : ''}`,
        ilo.join(', '),
        `${sources.join(', ')} (${confidence.replace('_', ' ')})`,
        taught(id),
      ]),
    ),
  ];
}

/** Every text that states something of a register, with the entries it names. */
function referenceTable(assets: Assets): readonly string[] {
  const messages = [...(assets.messages.get('vi')?.values() ?? [])].map(({ key, facts }) => ({
    where: `message ${key}`,
    ids: [...facts],
  }));
  const lessons = [...assets.lessons.values()].map((lesson) => ({
    where: `lesson ${lesson.id}`,
    ids: [...(lesson.texts.get('vi')?.sections.values() ?? [])].flatMap((text) => referencesIn(text)),
  }));
  const signals = [...assets.signals.byId.values()].map(({ text }) => ({
    where: `signal ${text.id}`,
    ids: [text.reason.vi, text.tonight.vi].flatMap((said) => referencesIn(said)),
  }));
  const naming = [...messages, ...lessons, ...signals].filter(({ ids }) => ids.length > 0);
  const kindOf = (id: string): string => assets.facts.get(id)?.kind ?? 'hotline';
  const stateOf = (id: string): string => {
    const display = assets.facts.get(id)?.display ?? 'live';
    return display === 'live' ? '' : `, ${display}`;
  };
  return [
    '',
    '## Texts that name an entry of a register',
    '',
    'A figure, law, amount, address or office that is typed instead is an error of `npm run check:content`.',
    '',
    '| text | entries |',
    '| --- | --- |',
    ...naming.map(({ where, ids }) =>
      row([
        code(where),
        [...new Set(ids)].map((id) => `${code(id)} (${kindOf(id)}${stateOf(id)})`).join(', '),
      ]),
    ),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s+/g, ' ')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** @returns the whole page: what is above the mark as it stands, the rest written anew. @throws Error on any fault */
export async function composeCoverage(root: string): Promise<string> {
  const [sources, text, page] = await Promise.all([
    readAssetSources(root),
    readFile(join(root, COVERAGE_PATH), 'utf8'),
    readFile(join(root, COVERAGE_PAGE), 'utf8'),
  ]);
  const loaded = loadAssets(sources);
  if (!loaded.ok) throw new Error(loaded.problems.map(describeProblem).join('\n'));
  const coverage = readCoverage(text);
  const lost = findLostPlaces(coverage, loaded.assets);
  if (lost.length > 0)
    throw new Error([...lost, 'Name the place of today, or say why it is not said.'].join('\n'));
  const [head] = page.split(MARK);
  if (head === undefined || head === page)
    throw new Error(`${COVERAGE_PAGE}: the line ${MARK} is missing: restore it`);
  return `${head}${MARK}\n\n${writeCoverage(coverage, loaded.assets)}`;
}

export async function updateCoverage(root: string): Promise<string> {
  await writeFile(join(root, COVERAGE_PAGE), await composeCoverage(root));
  return `${COVERAGE_PAGE}: written`;
}
