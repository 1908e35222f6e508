/** Holds what was stored and what a person was shown against what the script says must have happened. Pure. */
import type { Session } from '../../bot/index.ts';
import type { ChannelName, OutboundMessage } from '../../server/channels/adapter.ts';
import { capabilitiesOf } from '../../server/channels/capabilities.ts';
import { degrade } from '../../server/channels/degrade.ts';
import type { MessageView } from '../../server/ports.ts';
import type { Script } from './script.ts';

/** One text as it reached the person. */
export interface Shown {
  text: string;
  /** ms since 1970 */
  at: number;
  /** several messages of one call share it */
  call: string;
  /** the instance whose line it came through */
  from: string;
}

export type Fault =
  | 'lost'
  | 'repeated'
  | 'repeated_outside_window'
  | 'out_of_order'
  | 'bot_over_human'
  | 'wrong_state'
  | 'wrong_text';

export interface Finding {
  fault: Fault;
  detail: string;
}

export interface Evidence {
  script: Script;
  transcript: readonly MessageView[];
  session: Session | null;
  owner: string;
  shown: readonly Shown[];
  /** when a counsellor had the conversation */
  taken: readonly { from: number; to: number | null }[];
  /** may the answer to what this instance sent then have been lost, or its record? */
  isSendWindow: (instance: string, at: number) => boolean;
}

export interface Counts {
  written: number;
  sent: number;
  /** bot messages held back because a counsellor had taken over */
  suppressed: number;
  /** failed by a channel's own rule, with its reason in the transcript */
  refused: number;
}

/** @returns everything that is not as it must be; empty = all is well */
export function checkPerson(evidence: Evidence): { findings: Finding[]; counts: Counts } {
  const { script, transcript } = evidence;
  const expected = expectTranscript(script);
  const outbound = transcript.filter(({ author }) => author === 'bot' || author === 'counsellor');
  const refused = outbound.filter(isRefusedByRule).length;
  const suppressed = outbound.filter(({ delivery }) => delivery === 'suppressed').length;
  const findings = [
    ...compareTranscript(expected, transcript),
    ...transcript.flatMap(findUndelivered),
    ...compareShown(script.channel, outbound, evidence),
    ...findBotOverHuman(evidence, outbound),
    ...compareState(evidence),
  ];
  return {
    findings,
    counts: {
      written: transcript.filter(({ author }) => author === 'person').length,
      sent: outbound.length - suppressed - refused,
      ...{ suppressed, refused },
    },
  };
}

interface Line {
  author: string;
  text: string;
}

function expectTranscript({ steps }: Script): Line[] {
  return steps.flatMap((step): Line[] => {
    if (step.kind === 'reply') return [{ author: 'counsellor', text: step.text }];
    if (step.kind !== 'write' && step.kind !== 'open') return [];
    const said = step.says.map(({ text }) => ({ author: 'bot', text }));
    return step.kind === 'open' ? said : [{ author: 'person', text: step.text }, ...said];
  });
}

/** Each turn once, in order, and each answer the one the engine gives. */
function compareTranscript(expected: readonly Line[], transcript: readonly MessageView[]): Finding[] {
  const nameOf = ({ author, text }: Line): string => `${author}: ${text}`;
  const stored = transcript.map(({ author, text }) => nameOf({ author, text }));
  const wanted = expected.map(nameOf);
  const index = wanted.findIndex((line, at) => line !== stored[at]);
  if (index === -1 && stored.length === wanted.length) return [];
  const at = index === -1 ? wanted.length : index;
  const detail = `stored line ${at + 1} of ${stored.length} (${wanted.length} expected): "${stored[at] ?? '-'}" instead of "${wanted[at] ?? '-'}"`;
  const people = (lines: readonly string[]): readonly string[] =>
    lines.filter((line) => line.startsWith('person:'));
  const [theirs, ours] = [people(stored), people(wanted)];
  if (theirs.length < ours.length || stored.length < wanted.length) return [{ fault: 'lost', detail }];
  if (stored.length > wanted.length)
    return [{ fault: 'repeated_outside_window', detail: `turn twice: ${detail}` }];
  const isOrder = [...stored].sort().join('\n') === [...wanted].sort().join('\n');
  return [{ fault: isOrder ? 'out_of_order' : 'wrong_text', detail }];
}

/** Zalo lets eight answers follow a message of the person's; what a burst needs beyond them fails, and the desk sees why. */
function isRefusedByRule({ delivery, failureCode }: MessageView): boolean {
  return delivery === 'failed' && failureCode === 'free_used_up';
}

function findUndelivered(message: MessageView): Finding[] {
  if (isRefusedByRule(message)) return [];
  if (message.delivery !== 'queued' && message.delivery !== 'failed') return [];
  return [
    {
      fault: 'lost',
      detail: `message ${message.seq} is ${message.delivery} (${message.failureCode ?? 'no code'})`,
    },
  ];
}

/** What left for the platform, against what was decided: every part there, in order, again only inside the send window. */
function compareShown(channel: ChannelName, outbound: readonly MessageView[], evidence: Evidence): Finding[] {
  const parts = outbound.flatMap((message) =>
    partsOf(channel, message).map((text) => ({
      text,
      mayMiss: message.delivery === 'suppressed' || isRefusedByRule(message),
    })),
  );
  const shown = evidence.shown.flatMap((one) => takeApart(one, parts));
  const steps = align(
    parts,
    shown.map(({ text }) => text),
  );
  const outOfPlace = new Set(steps.flatMap((step) => ('index' in step ? [shown[step.index]?.text] : [])));
  return steps.flatMap((step): Finding[] => {
    const { kind } = step;
    if (kind === 'match') return [];
    if (kind === 'missing') {
      if (step.mayMiss) return [];
      return outOfPlace.has(step.text)
        ? [{ fault: 'out_of_order', detail: `not shown in its place: "${step.text}"` }]
        : [{ fault: 'lost', detail: `never shown: "${step.text}"` }];
    }
    const extra = shown[step.index];
    if (extra === undefined) return [];
    if (kind === 'again') {
      // the same text may be meant several times: any of them may be the one that was said again
      const isInWindow = shown
        .slice(0, step.index)
        .some((one) => one.text === extra.text && evidence.isSendWindow(one.from, one.at));
      return [
        {
          fault: isInWindow ? 'repeated' : 'repeated_outside_window',
          detail: `shown again: "${extra.text}"`,
        },
      ];
    }
    const isKnown = parts.some(({ text }) => text === extra.text);
    return [{ fault: isKnown ? 'out_of_order' : 'wrong_text', detail: `shown: "${extra.text}"` }];
  });
}

/** The messages of one turn that went out as one text (Zalo), each for itself. */
function takeApart(one: Shown, parts: readonly Part[]): readonly Shown[] {
  if (parts.some(({ text }) => text === one.text)) return [one];
  for (let from = 0; from < parts.length; from += 1) {
    let joined = '';
    for (let to = from; to < parts.length && joined.length < one.text.length; to += 1) {
      joined += (to === from ? '' : '\n\n') + (parts[to]?.text ?? '');
      if (joined === one.text) return parts.slice(from, to + 1).map(({ text }) => ({ ...one, text }));
    }
  }
  return [one];
}

interface Part {
  text: string;
  /** held back for a counsellor, or refused; may have been on its way already */
  mayMiss: boolean;
}

type Step =
  | { kind: 'match' }
  | { kind: 'missing'; text: string; mayMiss: boolean }
  /** `again`: said just before; `stray`: out of place */
  | { kind: 'again' | 'stray'; index: number };

/** Several messages may go in one call (LINE: five; Zalo: ten); all of them are then repeated together. */
const MOST_PER_CALL = 10;
const WRONG = 1_000;

/** The reading of what was shown that assumes the least: texts repeat, so which one is meant is decided over the whole. */
function align(parts: readonly Part[], shown: readonly string[]): Step[] {
  const isAgain = (at: number, text: string | undefined): boolean =>
    parts.slice(Math.max(0, at - MOST_PER_CALL), at).some((part) => part.text === text);
  const best: { cost: number; step: Step; next: readonly [number, number] }[][] = [];
  for (let at = parts.length; at >= 0; at -= 1) {
    const row: (typeof best)[number] = [];
    best[at] = row;
    for (let index = shown.length; index >= 0; index -= 1) {
      const [part, text] = [parts[at], shown[index]];
      const options: typeof row = [];
      const offer = (cost: number, step: Step, next: readonly [number, number]): void => {
        options.push({ cost: cost + (best[next[0]]?.[next[1]]?.cost ?? 0), step, next });
      };
      if (part !== undefined && part.text === text) offer(0, { kind: 'match' }, [at + 1, index + 1]);
      if (part !== undefined) offer(part.mayMiss ? 0 : WRONG, { kind: 'missing', ...part }, [at + 1, index]);
      if (text !== undefined && isAgain(at, text)) offer(1, { kind: 'again', index }, [at, index + 1]);
      if (text !== undefined) offer(WRONG, { kind: 'stray', index }, [at, index + 1]);
      row[index] = options.reduce(
        (one, other) => (other.cost < one.cost ? other : one),
        options[0] ?? {
          ...{ cost: 0, step: { kind: 'match' }, next: [at + 1, index + 1] as const },
        },
      );
    }
  }
  const steps: Step[] = [];
  let place: readonly [number, number] = [0, 0];
  while (place[0] < parts.length || place[1] < shown.length) {
    const here = best[place[0]]?.[place[1]];
    if (here === undefined) break;
    steps.push(here.step);
    place = here.next;
  }
  return steps;
}

function partsOf(channel: ChannelName, { text, choices, author }: MessageView): readonly string[] {
  const message: OutboundMessage = { text, choices: author === 'bot' ? choices : [], language: 'vi' };
  if (channel === 'web') return [text];
  return degrade(message, capabilitiesOf(channel)).map((part) => part.text);
}

/** After a counsellor took over, at most the one call of the bot that was on its way may still arrive. */
function findBotOverHuman({ taken, shown, script }: Evidence, outbound: readonly MessageView[]): Finding[] {
  if (script.channel === 'web') return [];
  const replies = new Set(outbound.filter(({ author }) => author === 'counsellor').map(({ text }) => text));
  return taken.flatMap(({ from, to }) => {
    const over = shown.filter(
      ({ at, text }) => at > from && at < (to ?? Number.POSITIVE_INFINITY) && !replies.has(text),
    );
    const calls = new Set(over.map(({ call }) => call));
    if (calls.size <= 1) return [];
    return [
      {
        fault: 'bot_over_human' as const,
        detail: `${calls.size} calls of the bot while a counsellor was there`,
      },
    ];
  });
}

function compareState({ script, session, owner }: Evidence): Finding[] {
  const wanted = describe(script.session);
  const found = session === null ? 'none' : describe(session);
  const findings: Finding[] = [];
  if (found !== wanted) findings.push({ fault: 'wrong_state', detail: `${found} instead of ${wanted}` });
  if (owner !== 'bot') findings.push({ fault: 'wrong_state', detail: `the conversation is with ${owner}` });
  return findings;
}

/** Everything in a session but moments and the seed of its dice. */
function describe(session: Session): string {
  const { lastAt: _lastAt, waiting: _waiting, recent, unfinished, picks, ...rest } = session;
  const told = {
    ...rest,
    recent: recent.map(({ text }) => text),
    unfinished: unfinished?.place ?? null,
    passed: picks.passed,
  };
  // the database brings the fields back in another order
  return JSON.stringify(Object.fromEntries(Object.entries(told).sort(([a], [b]) => (a < b ? -1 : 1))));
}
