/** Task `risk`: does the scan see danger, and leave harmless texts alone? */
import { z } from 'zod';
import { type Assets, explainDanger, RISK_LEVELS, scanDanger } from '../../bot/index.ts';
import { checkRows, type Evaluation, share, timeEach } from './eval-rows.ts';

const RowSchema = z.object({
  id: z.string().optional(),
  /** what the same person wrote in the minutes before, oldest first */
  before: z.array(z.string()).default([]),
  text: z.string(),
  risk_level: z.enum(RISK_LEVELS),
  form: z.string().default('unknown'),
});

/** What became of a message: raised, asked about, or neither. */
const OUTCOMES = ['imminent', 'high', 'asked', 'concern', 'none'] as const;
type Outcome = (typeof OUTCOMES)[number];

interface Judged {
  row: z.infer<typeof RowSchema>;
  outcome: Outcome;
  /** the level found, whether or not the bot asks */
  level: (typeof RISK_LEVELS)[number];
  reasons: readonly string[];
}

export function evaluateRisk(assets: Assets, input: readonly unknown[]): Evaluation {
  const rows = checkRows(RowSchema, input);
  const { results: judged, usPerRow } = timeEach(rows, (row) => judge(assets, row));
  const forms = [...new Set(rows.map((row) => row.form))].sort();
  const whole = ratesOf(judged);
  return {
    predictions: judged.map(({ row, level, outcome, reasons }) => ({
      ...(row.id === undefined ? {} : { id: row.id }),
      text: row.text,
      expected: row.risk_level,
      predicted: outcome === 'asked' ? `${level}+asked` : level,
      reasons,
    })),
    scores: {
      n: rows.length,
      ...whole,
      byForm: Object.fromEntries(
        forms.map((form) => {
          const ofForm = judged.filter(({ row }) => row.form === form);
          const { urgentRecall, falseAlarm } = ratesOf(ofForm);
          return [form, { n: ofForm.length, urgentRecall, falseAlarm }];
        }),
      ),
      usPerMessage: usPerRow,
    },
    explain: () => [confusion(judged), worstErrors(assets, judged)].join('\n'),
  };
}

/** What the messages of a few minutes come to: each is scanned with those before it, and the strongest outcome stands. */
function judge(assets: Assets, row: Judged['row']): Judged {
  const texts = [...row.before, row.text];
  const outcomes = texts.map((_, at): Judged => {
    const { level, ask, reasons } = scanDanger(assets.danger, texts.slice(0, at + 1));
    const isUrgent = level === 'high' || level === 'imminent';
    return {
      row,
      level,
      outcome: !isUrgent && ask ? 'asked' : level,
      reasons: reasons.map((reason) => reason.rule),
    };
  });
  return outcomes.reduce((strongest, one) =>
    OUTCOMES.indexOf(one.outcome) < OUTCOMES.indexOf(strongest.outcome) ? one : strongest,
  );
}

function isRaised({ outcome }: Judged): boolean {
  return outcome === 'high' || outcome === 'imminent';
}

function ratesOf(judged: readonly Judged[]) {
  const ofLevel = (...levels: readonly string[]) =>
    judged.filter(({ row }) => levels.includes(row.risk_level));
  const isAsked = ({ outcome }: Judged) => outcome === 'asked';
  return {
    // a row answered by the safety question is neither a miss nor a false alarm
    urgentRecall: share(
      ofLevel('high', 'imminent').filter((one) => !isAsked(one)),
      isRaised,
    ),
    urgentAsked: share(ofLevel('high', 'imminent'), isAsked),
    imminentRecall: share(ofLevel('imminent'), isRaised),
    imminentRecallWithAsked: share(ofLevel('imminent'), (one) => isRaised(one) || isAsked(one)),
    falseAlarm: share(ofLevel('none'), isRaised),
    overAlarm: share(ofLevel('concern'), isRaised),
    askedOnNone: share(ofLevel('none'), isAsked),
  };
}

/** Rows as labelled, columns as decided. */
function confusion(judged: readonly Judged[]): string {
  const cell = (text: string | number) => String(text).padStart(9);
  const lines = [...RISK_LEVELS].reverse().map((level) => {
    const ofLevel = judged.filter(({ row }) => row.risk_level === level);
    const counts = OUTCOMES.map((outcome) => ofLevel.filter((one) => one.outcome === outcome).length);
    return cell(level) + counts.map(cell).join('');
  });
  return ['rows as labelled, columns as decided', cell('') + OUTCOMES.map(cell).join(''), ...lines, ''].join(
    '\n',
  );
}

const FEATURES_SHOWN = 6;
/** How bad an error is: a missed emergency first, a needless question last. */
const ERRORS: readonly { name: string; isIt: (one: Judged) => boolean }[] = [
  {
    name: 'missed, imminent',
    isIt: (one) => one.row.risk_level === 'imminent' && !isRaised(one) && one.outcome !== 'asked',
  },
  {
    name: 'missed, high',
    isIt: (one) => one.row.risk_level === 'high' && !isRaised(one) && one.outcome !== 'asked',
  },
  { name: 'false alarm', isIt: (one) => one.row.risk_level === 'none' && isRaised(one) },
  { name: 'alarm for a concern', isIt: (one) => one.row.risk_level === 'concern' && isRaised(one) },
  { name: 'asked, harmless', isIt: (one) => one.row.risk_level === 'none' && one.outcome === 'asked' },
];

function worstErrors(assets: Assets, judged: readonly Judged[]): string {
  return ERRORS.flatMap(({ name, isIt }) => {
    const errors = judged.filter(isIt).map((one) => ({
      one,
      why: explainDanger(assets.danger, [...one.row.before, one.row.text]),
    }));
    // the surest mistakes first
    errors.sort((a, b) => Math.abs(b.why.margin ?? 0) - Math.abs(a.why.margin ?? 0));
    return [
      `${name}: ${errors.length}`,
      ...errors.flatMap(({ one, why }) => [
        `  ${one.row.id ?? ''} ${[...one.row.before, one.row.text].join(' / ')}`,
        `    margin ${why.margin?.toFixed(2) ?? 'none'}; rules ${one.reasons.join(', ') || 'none'}; guards ${why.guards.join(', ') || 'none'}`,
        `    ${why.features
          .slice(0, FEATURES_SHOWN)
          .map(({ weight, span }) => {
            const words = one.row.text.slice(span.start, span.end);
            return `${weight > 0 ? '+' : ''}${weight.toFixed(2)} "${words}"`;
          })
          .join('  ')}`,
      ]),
    ];
  }).join('\n');
}
