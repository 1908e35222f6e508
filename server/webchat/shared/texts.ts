/** The texts of the page around the conversation (buttons, states, notices); what the bot says comes from content/. */

export interface WebchatStrings {
  /** browser tab: neutral, names no topic */
  title: string;
  exit: string;
  exitHint: string;
  /** own name of the other language, on the button that switches to it */
  otherLanguage: string;
  /** name of the block of numbers, for screen readers */
  numbersLabel: string;
  /** stands before the short codes: they work in this country only */
  numbersTitle: string;
  numbersMore: string;
  numbersVietnam: string;
  numbersAbroad: string;
  logLabel: string;
  intro: string;
  you: string;
  bot: string;
  counsellor: string;
  system: string;
  writeLabel: string;
  send: string;
  choicesLabel: string;
  newBelow: string;
  start: string;
  refresh: string;
  stateQueued: string;
  stateSending: string;
  stateSent: string;
  stateRefused: string;
  offline: string;
  unreachable: string;
  slowed: string;
  slowedForm: string;
  tooFast: string;
  tooFastForm: string;
  empty: string;
  /** `{count}` and `{max}` are filled in */
  tooLong: string;
  /** the body was too large to be read at all */
  tooLarge: string;
  refused: string;
  received: string;
  ended: string;
  erased: string;
  trouble: string;
}

/** Fills `{name}` places of a text. */
export function fillText(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
