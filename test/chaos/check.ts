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
}

/** @returns everything that is not as it must be; empty = all is well */
export function checkPerson(evidence: Evidence): { findings: Finding[]; counts: Counts } {
  const { script, transcript } = evidence;
  const expected = expectTranscript(script);
  const outbound = transcript.filter(({ author }) => author === 'bot' || author === 'counsellor');
  const delivered = outbound.filter(({ delivery }) => delivery !== 'suppressed');
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
      sent: delivered.length,
      suppressed: outbound.length - delivered.length,
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

function findUndelivered(message: MessageView): Finding[] {
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
    partsOf(channel, message).map((text) => ({ text, mayMiss: message.delivery === 'suppressed' })),
  );
  const findings: Finding[] = [];
  let next = 0;
  let last: { index: number; shown: Shown } | null = null;
  // the same text may be meant several times in a row: any of them may be the one that was repeated
  let alike: Shown[] = [];
  for (const shown of evidence.shown) {
    alike = alike.at(-1)?.text === shown.text ? [...alike, shown] : [shown];
    const index = findNext(parts, next, shown.text);
    if (index !== -1) {
      next = index + 1;
      last = { index, shown };
      continue;
    }
    // again: the message just shown, or the parts of the same call
    const again = last === null ? -1 : findAgain(parts, last.index, shown.text);
    if (again === -1 || last === null) {
      const isKnown = parts.some(({ text }) => text === shown.text);
      findings.push({
        fault: isKnown ? 'out_of_order' : 'wrong_text',
        detail: `shown: "${shown.text}" after "${last?.shown.text ?? '-'}"`,
      });
      continue;
    }
    const isInWindow = [last.shown, ...alike].some(({ from, at }) => evidence.isSendWindow(from, at));
    findings.push({
      fault: isInWindow ? 'repeated' : 'repeated_outside_window',
      detail: `shown again after ${shown.at - last.shown.at} ms: "${shown.text}"`,
    });
  }
  const missing = parts.slice(next).find(({ mayMiss }) => !mayMiss);
  if (missing !== undefined) findings.push({ fault: 'lost', detail: `never shown: "${missing.text}"` });
  return findings;
}

/** The next part, past those that were held back for a counsellor. */
function findNext(parts: readonly { text: string; mayMiss: boolean }[], from: number, text: string): number {
  for (let index = from; index < parts.length; index += 1) {
    if (parts[index]?.text === text) return index;
    if (parts[index]?.mayMiss !== true) return -1;
  }
  return -1;
}

/** Several messages may go in one call (LINE: five); all of them are then repeated together. */
const MOST_PER_CALL = 5;

function findAgain(parts: readonly { text: string }[], last: number, text: string): number {
  for (let index = last; index > last - MOST_PER_CALL && index >= 0; index -= 1)
    if (parts[index]?.text === text) return index;
  return -1;
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
  return JSON.stringify({
    ...rest,
    recent: recent.map(({ text }) => text),
    unfinished: unfinished?.place ?? null,
    passed: picks.passed,
  });
}
