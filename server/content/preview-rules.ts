/** What a draft changes in what the bot recognises: every labelled row, read by the content of before and of after. Pure. */
import {
  type Assets,
  checkOffer,
  isRightOutcome,
  OFFER_LEVELS,
  type OfferLevel,
  outcomesOf,
  RISK_LEVELS,
  type RiskLevel,
  scanDanger,
  type TrialRow,
} from '../../bot/index.ts';

export const PREVIEW_SETS = ['risk', 'offers', 'intents', 'heard'] as const;
export type PreviewSet = (typeof PREVIEW_SETS)[number];

export interface PreviewRows {
  risk: readonly { text: string; expected: RiskLevel }[];
  offers: readonly { text: string; expected: OfferLevel }[];
  intents: readonly TrialRow[];
  /** redacted wordings of people that the bot did not understand lately: nobody knows what is right */
  heard: readonly string[];
}

export interface PreviewChange {
  set: PreviewSet;
  text: string;
  /** null: nobody knows */
  expected: string | null;
  before: string;
  after: string;
  /** better, worse: of a row whose answer is known. other: neither, or nobody knows */
  kind: 'better' | 'worse' | 'other';
}

export interface Preview {
  sets: readonly {
    set: PreviewSet;
    n: number;
    rightBefore: number | null;
    rightAfter: number | null;
    changed: number;
  }[];
  /** worse ones first */
  changes: readonly PreviewChange[];
}

interface Judged {
  set: PreviewSet;
  text: string;
  expected: string | null;
  said: string;
  /** lower is closer to what is expected; null = nobody knows */
  distance: number | null;
}

export function previewRules(before: Assets, after: Assets, rows: PreviewRows, now: Date): Preview {
  const was = judge(before, rows, now);
  const is = judge(after, rows, now);
  const pairs = was.flatMap((one, at) => {
    const other = is[at];
    return other === undefined ? [] : [{ one, other }];
  });
  const changes = pairs
    .filter(({ one, other }) => one.said !== other.said)
    .map(({ one, other }): PreviewChange => {
      const { set, text, expected } = one;
      return { set, text, expected, before: one.said, after: other.said, kind: kindOf(one, other) };
    });
  const order = { worse: 0, better: 1, other: 2 } as const;
  return {
    sets: PREVIEW_SETS.map((set) => {
      const own = pairs.filter(({ one }) => one.set === set);
      const right = (all: readonly Judged[]): number | null =>
        set === 'heard' ? null : all.filter(({ distance }) => distance === 0).length;
      return {
        ...{ set, n: own.length, changed: changes.filter((change) => change.set === set).length },
        rightBefore: right(own.map(({ one }) => one)),
        rightAfter: right(own.map(({ other }) => other)),
      };
    }),
    changes: [...changes].sort((a, b) => order[a.kind] - order[b.kind]),
  };
}

function kindOf(one: Judged, other: Judged): PreviewChange['kind'] {
  if (one.distance === null || other.distance === null || one.distance === other.distance) return 'other';
  return other.distance < one.distance ? 'better' : 'worse';
}

function judge(assets: Assets, rows: PreviewRows, now: Date): readonly Judged[] {
  const deps = { signals: assets.signals, register: assets.register };
  const outcomes = outcomesOf(assets, rows.intents);
  const levels: readonly string[] = OFFER_LEVELS;
  const risks: readonly string[] = RISK_LEVELS;
  const apart = (order: readonly string[], a: string, b: string): number =>
    Math.abs(order.indexOf(a) - order.indexOf(b));
  return [
    ...rows.risk.map(({ text, expected }): Judged => {
      const { level, ask } = scanDanger(assets.danger, [text]);
      const said = ask ? `${level}+asked` : level;
      // asked is as good as raised for whoever is in danger, and half a mistake for everybody else
      const isUrgent = expected === 'high' || expected === 'imminent';
      const distance = ask ? (isUrgent ? 0 : 0.5) : apart(risks, expected, level);
      return { set: 'risk', text, expected, said, distance };
    }),
    ...rows.offers.map(({ text, expected }): Judged => {
      const { level } = checkOffer(deps, { text }, now);
      return { set: 'offers', text, expected, said: level, distance: apart(levels, expected, level) };
    }),
    ...rows.intents.map((row, at): Judged => {
      const { text, expected } = row;
      const said = outcomes[at] ?? 'none';
      return { set: 'intents', text, expected, said, distance: isRightOutcome(assets, row, said) ? 0 : 1 };
    }),
    ...rows.heard.map((text): Judged => {
      const { level, ask } = scanDanger(assets.danger, [text]);
      const offer = checkOffer(deps, { text }, now).level;
      return {
        set: 'heard',
        text,
        expected: null,
        said: `${ask ? `${level}+asked` : level}, ${offer}`,
        distance: null,
      };
    }),
  ];
}
