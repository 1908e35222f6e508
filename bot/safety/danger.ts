/** What the safety scan says about a message; asked before the flow on every turn. */
import type { Span } from '../understand/text.ts';

/**
 * How much danger a text shows (definitions: content/safety/README, after the label scheme of the project).
 * `imminent`: life, body or freedom at stake within about 48 hours. `high`: exploitation or control going on or clearly
 * prepared. `concern`: worrying, no control yet (a doubtful offer belongs here). `none`: nothing.
 */
export const RISK_LEVELS = ['none', 'concern', 'high', 'imminent'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** One reason, in the person's own words: which rule fired and where. */
export interface DangerReason {
  /** id of the rule in content/safety, e.g. `passport-kept` */
  rule: string;
  level: RiskLevel;
  /** e.g. `docs_held`, `violence`, `trapped`, `ransom`, `minor`, `suicidal`, `transport_now` */
  category: string;
  /** key of the counsellor-facing reason text: `danger.<rule>` */
  reasonKey: string;
  /** index of the text in the list given to the scan (0 = oldest) */
  textIndex: number;
  span: Span;
}

export interface DangerScan {
  level: RiskLevel;
  /** true: grey zone, ask "are you in danger right now?" before anything else */
  ask: boolean;
  reasons: readonly DangerReason[];
  /** true when the person says clearly that nothing is wrong ("không ai giữ em cả") */
  allClear: boolean;
  /** true when the person concerned seems under 18 */
  minor: boolean;
  /** true when the newest text names a relative or a friend: it may have happened to them */
  namesRelative: boolean;
  /** ISO 3166-1 alpha-2 of a country named as the place where the person is, when the text says so */
  country: string | null;
}
