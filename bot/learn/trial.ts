/** What one more phrase would change: every labelled row is given to the bot with and without it. Pure. */
import type { Assets } from '../content/assets.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW } from '../engine/danger.ts';
import { type Session, startSession } from '../engine/session.ts';
import { takeTurn } from '../engine/turn.ts';
import type { World } from '../engine/world.ts';
import { OFFER_FLOW } from '../engine/reading.ts';
import { plain } from '../understand/choices.ts';
import { withRoute } from '../understand/commands.ts';
import { compileIntents, type Intent } from '../understand/intents.ts';
import { fold } from '../understand/normalise.ts';

export interface Proposal {
  /** `intent`: the model learns it. `route`: exactly these words lead to the flow. */
  kind: 'intent' | 'route';
  /** id of an intent, or of a flow */
  target: string;
  text: string;
}

export const TRIAL_TASKS = ['intents', 'own', 'risk', 'offers'] as const;
export type TrialTask = (typeof TRIAL_TASKS)[number];

export interface TrialRow {
  task: TrialTask;
  text: string;
  /** intents and own: id of the intent; risk: a risk level; offers: "offer" */
  expected: string;
}

export interface ChangedRow {
  task: TrialTask;
  text: string;
  expected: string;
  /** what the bot does: `danger`, `asked`, `flow:<flow>.<node>`, `say:<key>`, `asks:<intent>|…`, `stop`, `none` */
  before: string;
  after: string;
}

export interface Trial {
  tasks: readonly { task: TrialTask; n: number; rightBefore: number; rightAfter: number }[];
  /** right before, wrong after */
  broken: readonly ChangedRow[];
  mended: readonly ChangedRow[];
  /** rows about danger the bot would answer in another way, rightly or not */
  danger: readonly ChangedRow[];
  /** wrong before and wrong after, but in another way */
  otherwise: number;
}

/** What is known already is not learnt twice. */
export type ProposalFault = 'unknown_target' | 'phrase_known' | 'phrase_elsewhere';

/** Null when it can be tried. Marks and case aside, a phrase may stand in one place only. */
export function findProposalFault(assets: Assets, { kind, target, text }: Proposal): ProposalFault | null {
  const wanted = plain(fold(text));
  if (kind === 'route') {
    if (!assets.flows.has(target)) return 'unknown_target';
    const known = assets.words.routes.find(({ phrase }) => phrase.trim() === wanted);
    if (known === undefined) return null;
    return known.route.flow === target ? 'phrase_known' : 'phrase_elsewhere';
  }
  if (!assets.intents.byId.has(target)) return 'unknown_target';
  const owner = [...assets.intents.byId.values()].find(({ phrases, tests = [] }) =>
    [...phrases, ...tests].some((one) => plain(fold(one)) === wanted),
  );
  if (owner === undefined) return null;
  return owner.id === target ? 'phrase_known' : 'phrase_elsewhere';
}

/** A copy of the assets that knows the phrase; trains a model of its own, which takes some tenths of a second. */
export function withProposal(assets: Assets, { kind, target, text }: Proposal): Assets {
  if (kind === 'route')
    return { ...assets, words: withRoute(assets.words, { flow: target, node: null }, text) };
  const intents = [...assets.intents.byId.values()].map((intent) =>
    intent.id === target ? { ...intent, phrases: [...intent.phrases, text] } : intent,
  );
  return { ...assets, intents: compileIntents(intents) };
}

/** The rows the content brings itself: what each intent is trained on, and its own tests. */
export function ownRows(assets: Assets): readonly TrialRow[] {
  return [...assets.intents.byId.values()].flatMap(({ id, phrases, tests = [] }) =>
    [...phrases, ...tests].map((text) => ({ task: 'own' as const, text, expected: id })),
  );
}

/** What the bot does with each row, said by somebody who stands at the menu, in the order of the rows. */
export function outcomesOf(assets: Assets, rows: readonly TrialRow[]): readonly string[] {
  const stand = standAtMenu(assets);
  return rows.map(({ text }) => outcomeOf(stand, text));
}

/**
 * What comes before wishes is not asked again: danger and offers are decided by other rules than the phrases.
 * @param before `outcomesOf` of the same rows without the proposal
 */
export function tryProposal(
  assets: Assets,
  rows: readonly TrialRow[],
  before: readonly string[],
  proposal: Proposal,
): Trial {
  const stand = standAtMenu(withProposal(assets, proposal));
  const danger: ChangedRow[] = [];
  const broken: ChangedRow[] = [];
  const mended: ChangedRow[] = [];
  const right = new Map(TRIAL_TASKS.map((task) => [task, { n: 0, before: 0, after: 0 }]));
  let otherwise = 0;
  rows.forEach((row, at) => {
    const was = before[at] ?? 'none';
    const is = was === 'danger' ? was : outcomeOf(stand, row.text);
    const [wasRight, isRightNow] = [isRight(assets, row, was), isRight(assets, row, is)];
    const sum = right.get(row.task);
    if (sum !== undefined) {
      sum.n += 1;
      sum.before += wasRight ? 1 : 0;
      sum.after += isRightNow ? 1 : 0;
    }
    if (was === is) return;
    const change: ChangedRow = { ...row, before: was, after: is };
    if (wasRight && !isRightNow) broken.push(change);
    else if (!wasRight && isRightNow) mended.push(change);
    else if (!wasRight) otherwise += 1;
    if (isAboutDanger(assets, row)) danger.push(change);
  });
  const tasks = [...right].map(([task, sum]) => ({
    task,
    n: sum.n,
    rightBefore: sum.before,
    rightAfter: sum.after,
  }));
  return { tasks, broken, mended, danger, otherwise };
}

/** Where everybody stands who says a row. */
interface Stand {
  assets: Assets;
  menu: Session;
  /** texts that answer an intent by themselves */
  texts: ReadonlySet<string>;
}

const NOW = new Date(Date.UTC(2026, 0, 5, 3));

function worldOfTrial(): World {
  let count = 0;
  return {
    now: NOW,
    newId: () => `t${String((count += 1))}`,
    staffed: true,
    muted: false,
    can: { audio: false, buttons: true, location: false },
  };
}

function standAtMenu(assets: Assets): Stand {
  const language = assets.languages[0] ?? 'vi';
  const started = takeTurn(
    assets,
    startSession(language),
    { kind: 'start', ref: null, languageHint: null },
    worldOfTrial(),
  );
  const texts = [...assets.intents.byId.values()].flatMap(({ answer }) =>
    answer !== 'none' && 'say' in answer ? [answer.say] : [],
  );
  return { assets, menu: { ...started.session, languageKnown: true }, texts: new Set(texts) };
}

function outcomeOf({ assets, menu, texts }: Stand, text: string): string {
  const { session, events } = takeTurn(
    assets,
    menu,
    { kind: 'text', text, forwarded: false },
    worldOfTrial(),
  );
  if (events.some(({ type }) => type === 'danger_raised')) return 'danger';
  if (session.place.some(({ flow }) => flow === ARE_YOU_SAFE_FLOW)) return 'asked';
  if (session.meant !== undefined) return `asks:${session.meant.slice(0, -1).join('|')}`;
  if (events.some(({ type }) => type === 'not_understood')) return 'none';
  if (events.some(({ type }) => type === 'session_ended')) return 'stop';
  const said = events.flatMap((event) =>
    event.type === 'message_created' && texts.has(event.key) ? [event.key] : [],
  );
  if (said.length > 0) return `say:${said.join('|')}`;
  const entered = events.find((event) => event.type === 'node_entered');
  return entered === undefined ? 'none' : `flow:${entered.flow}.${entered.node}`;
}

/** Is what the bot does with a row (an outcome of `outcomesOf`) what the label asks for? */
export function isRight(assets: Assets, { task, expected }: TrialRow, outcome: string): boolean {
  switch (task) {
    case 'offers':
      return outcome === 'danger' || outcome === 'asked' || outcome.startsWith(`flow:${OFFER_FLOW}.`);
    case 'risk':
      if (expected === 'none') return !speaksOfDanger(outcome);
      // a worry without control may be answered in many ways; it is watched, not judged
      return expected === 'concern' || speaksOfDanger(outcome) || asksAboutDanger(assets, outcome);
    case 'intents':
    case 'own': {
      const intent = assets.intents.byId.get(expected);
      return intent !== undefined && isAnsweredBy(intent, outcome);
    }
  }
}

function isAnsweredBy({ id, group, answer }: Intent, outcome: string): boolean {
  if (outcome.startsWith('asks:')) return outcome.slice('asks:'.length).split('|').includes(id);
  if (group === DANGER_GROUP && speaksOfDanger(outcome)) return true;
  if (answer === 'none') return outcome === 'none';
  if ('say' in answer)
    return outcome.startsWith('say:') && outcome.slice('say:'.length).split('|').includes(answer.say);
  if ('command' in answer) return outcome === answer.command;
  if (answer.flow === ARE_YOU_SAFE_FLOW || answer.flow === IN_DANGER_FLOW) return speaksOfDanger(outcome);
  const place = `flow:${answer.flow}.`;
  return answer.node === undefined ? outcome.startsWith(place) : outcome === `${place}${answer.node}`;
}

const DANGER_GROUP = 'danger';

function speaksOfDanger(outcome: string): boolean {
  return outcome === 'danger' || outcome === 'asked' || outcome.startsWith(`flow:${IN_DANGER_FLOW}.`);
}

function asksAboutDanger(assets: Assets, outcome: string): boolean {
  if (!outcome.startsWith('asks:')) return false;
  const ids = outcome.slice('asks:'.length).split('|');
  return ids.some((id) => assets.intents.byId.get(id)?.group === DANGER_GROUP);
}

function isAboutDanger(assets: Assets, { task, expected }: TrialRow): boolean {
  if (task === 'risk') return expected === 'high' || expected === 'imminent';
  return assets.intents.byId.get(expected)?.group === DANGER_GROUP;
}
