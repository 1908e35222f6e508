/** Task `offers`: level, signals and company of pasted offers. */
import { z } from 'zod';
import { type Assets, checkOffer, OFFER_LEVELS } from '../../bot/index.ts';
import { checkRows, confusion, type Evaluation, round, share, timeEach, worstOf } from './eval-rows.ts';

const RowSchema = z.object({
  id: z.string().optional(),
  text: z.string(),
  verdict: z.enum(OFFER_LEVELS),
  signals: z.array(z.string()),
  company_match: z.array(z.string()),
  match_kind: z.string(),
});

const MAX_WORST = 15;
const FOUND: readonly string[] = ['exact', 'abbrev'];
/** Names that must not be reported as found. */
const NOT_FOUND: readonly string[] = ['near_miss', 'unlicensed', 'no_company'];

export function evaluateOffers(assets: Assets, input: readonly unknown[]): Evaluation {
  const rows = checkRows(RowSchema, input);
  const now = new Date();
  const deps = { signals: assets.signals, register: assets.register };
  const { results, usPerRow } = timeEach(rows, (row) => checkOffer(deps, { text: row.text }, now));
  const judged = rows.flatMap((row, index) => {
    const result = results[index];
    return result === undefined
      ? []
      : [{ row, result, found: new Set(result.signals.map((hit) => hit.signal)) }];
  });
  const hits = judged.reduce(
    (sum, { row, found }) => sum + row.signals.filter((id) => found.has(id)).length,
    0,
  );
  const predicted = judged.reduce((sum, { found }) => sum + found.size, 0);
  const wanted = judged.reduce((sum, { row }) => sum + row.signals.length, 0);
  const precision = predicted === 0 ? null : round(hits / predicted);
  const recall = wanted === 0 ? null : round(hits / wanted);
  const order = new Map(OFFER_LEVELS.map((level, at) => [level, at]));
  const distance = (one: (typeof judged)[number]): number =>
    Math.abs((order.get(one.row.verdict) ?? 0) - (order.get(one.result.level) ?? 0));
  const wrong = judged
    .filter((one) => distance(one) > 0)
    .sort(
      (a, b) =>
        distance(b) - distance(a) || (order.get(b.row.verdict) ?? 0) - (order.get(a.row.verdict) ?? 0),
    );
  const danger = judged.filter(({ row }) => row.verdict === 'danger');
  return {
    predictions: judged.map(({ row, result, found }) => ({
      ...(row.id === undefined ? {} : { id: row.id }),
      text: row.text,
      expected: { level: row.verdict, signals: row.signals, company: row.company_match },
      predicted: {
        level: result.level,
        company: result.agency.rows.map((agency) => agency.id),
        kind: result.agency.kind,
      },
      reasons: [...found],
    })),
    explain: () =>
      [
        ...confusion(
          'level',
          judged.map(({ row, result }) => ({ expected: row.verdict, predicted: result.level })),
        ),
        '',
        'signs that go wrong most often:',
        ...worstOf(
          judged.map(({ row, found }) => ({ expected: row.signals, found: [...found] })),
          MAX_WORST,
        ),
        '',
        'worst errors:',
        ...wrong
          .slice(0, MAX_WORST)
          .map(
            ({ row, result, found }) =>
              `  ${row.id ?? '?'} ${row.verdict} → ${result.level}${result.readsLikeDanger ? ' (by likeness)' : ''} [${[...found].join(' ')}]`,
          ),
      ].join('\n'),
    scores: {
      n: rows.length,
      levelAccuracy: share(judged, ({ row, result }) => row.verdict === result.level),
      dangerRecall: share(danger, ({ result }) => result.level === 'danger'),
      dangerAsVerify: danger.filter(({ result }) => result.level === 'verify').length,
      signalPrecision: precision,
      signalRecall: recall,
      signalF1:
        precision === null || recall === null || precision + recall === 0
          ? null
          : round((2 * precision * recall) / (precision + recall)),
      companyRecall: share(
        judged.filter(({ row }) => FOUND.includes(row.match_kind)),
        ({ row, result }) =>
          result.agency.kind === 'exact' && row.company_match.includes(result.agency.rows[0]?.id ?? ''),
      ),
      falseFound: share(
        judged.filter(({ row }) => NOT_FOUND.includes(row.match_kind)),
        ({ result }) =>
          result.agency.kind === 'exact' &&
          result.agency.rows.some((agency) => agency.status === 'active_unconfirmed'),
      ),
      usPerMessage: usPerRow,
    },
  };
}
