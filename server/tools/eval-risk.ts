/** Task `risk`: does the scan see danger, and leave harmless texts alone? */
import { z } from 'zod';
import { type Assets, RISK_LEVELS, scanDanger } from '../../bot/index.ts';
import { checkRows, type Evaluation, share, timeEach } from './eval-rows.ts';

const RowSchema = z.object({
  id: z.string().optional(),
  text: z.string(),
  risk_level: z.enum(RISK_LEVELS),
  form: z.string().default('unknown'),
});

export function evaluateRisk(assets: Assets, input: readonly unknown[]): Evaluation {
  const rows = checkRows(RowSchema, input);
  const { results, usPerRow } = timeEach(rows, (row) => scanDanger(assets.danger, [row.text]));
  const judged = rows.map((row, index) => {
    const scan = results[index];
    const level = scan?.level ?? 'none';
    return {
      row,
      level,
      asked: scan?.ask === true,
      reasons: scan?.reasons.map((reason) => reason.rule) ?? [],
      urgent: level === 'high' || level === 'imminent',
    };
  });
  const ofLevel = (...levels: readonly string[]): typeof judged =>
    judged.filter(({ row }) => levels.includes(row.risk_level));
  // a row answered by the safety question is neither a miss nor a false alarm
  const decided = (list: typeof judged): typeof judged =>
    list.filter(({ asked, urgent }) => urgent || !asked);
  const forms = [...new Set(rows.map((row) => row.form))].sort();
  const byForm = forms.map((form) => {
    const urgent = ofLevel('high', 'imminent').filter(({ row }) => row.form === form);
    const none = ofLevel('none').filter(({ row }) => row.form === form);
    return [
      form,
      {
        n: judged.filter(({ row }) => row.form === form).length,
        urgentRecall: share(decided(urgent), (one) => one.urgent),
        falseAlarm: share(none, (one) => one.urgent),
      },
    ] as const;
  });
  return {
    predictions: judged.map(({ row, level, asked, reasons }) => ({
      ...(row.id === undefined ? {} : { id: row.id }),
      text: row.text,
      expected: row.risk_level,
      predicted: asked && level !== 'high' && level !== 'imminent' ? `${level}+asked` : level,
      reasons,
    })),
    scores: {
      n: rows.length,
      urgentRecall: share(decided(ofLevel('high', 'imminent')), (one) => one.urgent),
      imminentRecall: share(ofLevel('imminent'), (one) => one.urgent),
      imminentRecallWithAsked: share(ofLevel('imminent'), (one) => one.urgent || one.asked),
      falseAlarm: share(ofLevel('none'), (one) => one.urgent),
      overAlarm: share(ofLevel('concern'), (one) => one.urgent),
      askedOnNone: share(ofLevel('none'), (one) => one.asked && !one.urgent),
      byForm: Object.fromEntries(byForm),
      usPerMessage: usPerRow,
    },
  };
}
