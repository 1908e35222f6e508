/** Microseconds to look a name up among 5,000 firms, and how often the right one comes first, beside general fuzzy matchers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type AgencyRegister, type Assets, matchAgency, parseAgencies } from '../../bot/index.ts';
import { ensureInstalled, loadPackage } from '../five-questions/packages.ts';
import { type Figure, median } from '../figure.ts';

const FIRMS = 5000;
const QUERIES = 150;
const REPEATS = 3;
const NOW = new Date('2026-11-25T00:00:00Z');
const QuerySchema = z.object({ text: z.string(), accept: z.array(z.string()), expect: z.string() });
type Query = z.infer<typeof QuerySchema>;

const FuseSchema = z.custom<
  new (
    list: readonly { id: string; name: string }[],
    options: object,
  ) => { search: (text: string, options: object) => { item: { id: string } }[] }
>((value) => typeof value === 'function');
const MiniSearchSchema = z.custom<
  new (options: object) => { addAll: (list: object[]) => void; search: (text: string) => { id: string }[] }
>((value) => typeof value === 'function');

export async function measureAgencies(
  root: string,
  assets: Assets,
  write: (line: string) => void,
): Promise<readonly Figure[]> {
  const queries = readQueries(root, (query) => query.expect === 'match');
  const alike = readQueries(root, (query) => query.expect.startsWith('near-name'));
  const large = enlarge(assets.register);
  const list = large.rows.flatMap((row) =>
    [row.nameVi, row.shortName ?? ''].filter((name) => name !== '').map((name) => ({ id: row.id, name })),
  );
  const own = measure(queries, (text) => matchAgency(large, text, NOW).rows[0]?.id);
  const { us } = measure(alike, (text) => matchAgency(large, text, NOW).rows[0]?.id);
  const figures: Figure[] = [
    figure('ours', own, 1000),
    {
      name: `a name that is in none of ${FIRMS} firms, ours`,
      value: us,
      unit: 'µs',
      target: 1000,
      reference: null,
    },
  ];
  const installed = await ensureInstalled(write);
  if (installed.kind === 'missing') {
    write(`fuzzy matchers are not measured: ${installed.why}`);
    return figures;
  }
  const Fuse = loadPackage('fuse.js', FuseSchema);
  const fuse = new Fuse(list, { keys: ['name'], includeScore: true, threshold: 0.6, ignoreLocation: true });
  const MiniSearch = loadPackage('minisearch', MiniSearchSchema);
  const mini = new MiniSearch({
    fields: ['name'],
    storeFields: ['id'],
    idField: 'key',
    searchOptions: { fuzzy: 0.2, prefix: true },
  });
  mini.addAll(list.map((one, key) => ({ ...one, key })));
  const few = queries.slice(0, 30);
  figures.push(
    figure(
      'fuse.js',
      measure(few, (text) => fuse.search(text, { limit: 1 })[0]?.item.id),
      null,
    ),
    figure(
      'minisearch',
      measure(queries, (text) => mini.search(text)[0]?.['id']),
      null,
    ),
  );
  return figures;
}

function figure(who: string, { us, recall }: { us: number; recall: number }, target: number | null): Figure {
  return {
    name: `a name among ${FIRMS} firms, ${who} (recall@1 ${(recall * 100).toFixed(1)} %)`,
    value: us,
    unit: 'µs',
    target,
    reference: null,
  };
}

function measure(queries: readonly Query[], find: (text: string) => string | undefined) {
  const times: number[] = [];
  let right = 0;
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    right = 0;
    const began = performance.now();
    for (const { text, accept } of queries) if (accept.includes(find(text) ?? '')) right += 1;
    times.push(((performance.now() - began) * 1000) / queries.length);
  }
  return { us: median(times), recall: right / queries.length };
}

function readQueries(root: string, isWanted: (query: Query) => boolean): readonly Query[] {
  const text = readFileSync(join(root, 'test', 'data', 'agencies', 'held.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => QuerySchema.parse(JSON.parse(line)))
    .filter(isWanted)
    .slice(0, QUERIES);
}

/** Invented firms with words of real ones in other orders, so that letters and words are spread as in a real register. */
function enlarge(register: AgencyRegister): AgencyRegister {
  const words = [...new Set(register.names.flatMap((name) => name.parts.core))].filter(
    (word) => word.length > 2,
  );
  const rows = register.rows.map((row) => toCells(row.id, row.nameVi, row.nameTrading, row.shortName));
  for (let at = 0; rows.length < FIRMS; at += 1) {
    const pick = (step: number): string => words[(at * step + 7 * step) % words.length] ?? 'mau';
    const name = `Công ty cổ phần nhân lực ${pick(13)} ${pick(29)} ${pick(41)}`;
    rows.push(toCells(`AG${String(10_000 + at)}`, name, null, null));
  }
  return parseAgencies(rows);
}

function toCells(
  id: string,
  name: string,
  trading: string | null,
  short: string | null,
): Record<string, string> {
  return {
    id,
    record_type: 'licensed_list',
    name_vi: name,
    name_trading: trading ?? '',
    short_name: short ?? '',
    status: 'active_unconfirmed',
    status_as_of: '2024',
    markets: '',
    address: '',
    website: '',
    source: 'example.org',
    source_date: '2024-02-01',
    confidence: 'single_source',
    note: '',
  };
}
