/** Task `agencies`: names looked up in the register. */
import { z } from 'zod';
import { type Assets, matchAgency } from '../../bot/index.ts';
import { checkRows, confusion, type Evaluation, share, timeEach } from './eval-rows.ts';

const RowSchema = z.object({
  id: z.string().optional(),
  text: z.string(),
  accept: z.array(z.string()),
  expect: z.string(),
});

const MAX_WORST = 15;

export function evaluateAgencies(assets: Assets, input: readonly unknown[]): Evaluation {
  const rows = checkRows(RowSchema, input);
  const now = new Date();
  const { results, usPerRow } = timeEach(rows, (row) => matchAgency(assets.register, row.text, now));
  const judged = rows.flatMap((row, index) => {
    const match = results[index];
    return match === undefined ? [] : [{ row, match, first: match.rows[0]?.id ?? null }];
  });
  const wanted = judged.filter(({ row }) => row.expect === 'match');
  const exact = judged.filter(({ match }) => match.kind === 'exact');
  const near = judged.filter(({ row }) => row.expect.startsWith('near-name'));
  return {
    predictions: judged.map(({ row, match }) => ({
      ...(row.id === undefined ? {} : { id: row.id }),
      text: row.text,
      expected: { expect: row.expect, accept: row.accept },
      predicted: { kind: match.kind, rows: match.rows.map((agency) => agency.id) },
      reasons: [],
    })),
    explain: () =>
      [
        ...confusion(
          'expected',
          judged.map(({ row, match, first }) => ({
            expected: row.expect.replace(/ \(.*$/u, ''),
            predicted:
              match.kind === 'exact' || match.kind === 'similar'
                ? `${match.kind} ${row.expect !== 'match' || row.accept.includes(first ?? '') ? '' : 'other firm'}`.trim()
                : match.kind,
          })),
        ),
        '',
        'worst errors:',
        ...judged
          .filter(({ row, match, first }) =>
            row.expect === 'match' ? first === null || !row.accept.includes(first) : match.kind === 'exact',
          )
          .slice(0, MAX_WORST)
          .map(
            ({ row, match }) =>
              `  ${row.id ?? '?'} "${row.text}" ${row.expect} ${row.accept.join(' ')} → ${match.kind} ${match.rows.map((agency) => agency.id).join(' ')}`,
          ),
      ].join('\n'),
    scores: {
      n: rows.length,
      recallAt1: share(wanted, ({ row, first }) => first !== null && row.accept.includes(first)),
      exactPrecision: share(
        exact,
        ({ row, first }) => row.expect === 'match' && first !== null && row.accept.includes(first),
      ),
      falseExact: exact.filter(({ row }) => row.expect === 'no match').length,
      nearAsExact: near.filter(({ match }) => match.kind === 'exact').length,
      usPerQuery: usPerRow,
    },
  };
}
