/** Everything the turns of one conversation change, gathered in memory until it is written in one transaction. */
import type { Choice, DangerReason, HandoverCause, RiskLevel, Session } from '../../bot/index.ts';
import type { LiveKind } from '../ports.ts';
import type { WantedFile } from './write-media.ts';

/** Who answers: the script, a counsellor at our desk, or a hand at the platform (its inbox, another program). */
export type Owner = 'bot' | 'counsellor' | 'platform';

/** One conversation as loaded under its lock. */
export interface Loaded {
  id: string;
  channel: string;
  account: string;
  platformId: string;
  contactId: string;
  keyWrapped: Buffer;
  owner: Owner;
  language: string;
  risk: RiskLevel;
  quiet: boolean;
  blocked: boolean;
  /** how to reach them safely was agreed (safe-contact.ts) */
  hasPlan: boolean;
  nextSeq: number;
  attempts: number;
  campaignRef: string | null;
  eraseRequestedAt: Date | null;
  /** what opened the time to answer, before this batch */
  lastInboundAt: Date | null;
  /** when something was last said to the person, before this batch */
  lastOutboundAt: Date | null;
  /** an older message still waits in the outbox, or is being sent or recorded just now */
  hasUnsent: boolean;
  session: Session | null;
  /** choices of the bot's last question, so that a tapped button shows its label in the transcript */
  lastChoices: readonly Choice[];
  /** seq of the person's last texts, oldest first: where the words of a danger reason stand */
  recentSeqs: readonly number[];
  openHandover: OpenHandover | null;
}

export interface OpenHandover {
  id: string;
  state: 'waiting' | 'taken';
  risk: RiskLevel;
  reasons: readonly StoredReason[];
  /** only keeps a conversation in sight that is answered at the platform */
  isPlatforms: boolean;
  /** a counsellor set the risk by hand when this was the newest message; null = nobody did */
  riskSetSeq: number | null;
}

/** As the console reads it: `messageSeq`, `start`, `end` point to the words (UTF-16 units). */
export interface StoredReason {
  rule: string;
  reasonKey: string;
  level: RiskLevel;
  messageSeq: number | null;
  start: number;
  end: number;
}

export interface MessageBody {
  text: string;
  choices: readonly Choice[];
  /** bot messages: which text it was */
  key?: string;
  /** BCP 47; bot and counsellor messages */
  language?: string;
  /** path of a recording of the text under content/audio/ */
  audio?: string;
  attachments?: readonly { type: string; latitude?: number; longitude?: number }[];
  /** machine id of a tapped button */
  payload?: string;
  edited?: boolean;
  /** the person took it back: the text is gone */
  unsent?: boolean;
  forwarded?: boolean;
}

export interface NewMessage {
  id: string;
  seq: number;
  author: 'person' | 'bot' | 'platform';
  body: MessageBody;
  createdAt: Date;
  /** outgoing only */
  replyHandle: string | null;
  /** what came with it and is to be fetched */
  files?: readonly WantedFile[];
  /** no answer to something written just now: it may be held back at night */
  unasked?: boolean;
  /** the platform's id of what came in or was written there; null for ours, which get theirs when they are sent */
  platformId: string | null;
}

export interface HandoverChange {
  id: string;
  isNew: boolean;
  state: 'waiting' | 'taken' | 'closed';
  risk: RiskLevel;
  cause: HandoverCause | 'platform';
  reasons: readonly StoredReason[];
  /** when the person wrote what asked for it: after an outage the queue is still in the order of waiting; null = unchanged */
  waitingSince: Date | null;
  riskSetSeq?: number | null;
}

export interface Draft {
  loaded: Loaded;
  session: Session;
  nextSeq: number;
  lastChoices: readonly Choice[];
  recentSeqs: number[];
  messages: NewMessage[];
  handover: HandoverChange | null;
  handoverChanged: boolean;
  owner: Owner;
  /** when a hand at the platform was last seen in this batch */
  platformAt: Date | null;
  /** stored messages whose text goes */
  unsentIds: string[];
  /** handovers that end before the one above begins */
  endedHandovers: string[];
  blocked: boolean;
  campaignRef: string | null;
  /** what opened the time to answer; null = nothing in this batch did */
  lastInboundAt: Date | null;
  /** since when somebody waits who asks for a person now */
  heardAt: Date | null;
  /** set when the person confirmed erasure in this batch */
  eraseRequestedAt: Date | null;
  /** texts that meant nothing to the bot and may be learnt from; never written with the turn */
  unheard: string[];
  /** `metric|label` → how often */
  counts: Map<string, number>;
  live: Set<LiveKind>;
  audit: { action: string; detail: Readonly<Record<string, string | number>> }[];
  processedIds: number[];
}

export function startDraft(loaded: Loaded, session: Session): Draft {
  return {
    loaded,
    session,
    nextSeq: loaded.nextSeq,
    lastChoices: loaded.lastChoices,
    recentSeqs: [...loaded.recentSeqs],
    messages: [],
    handover:
      loaded.openHandover === null
        ? null
        : {
            ...loaded.openHandover,
            isNew: false,
            cause: loaded.openHandover.isPlatforms ? 'platform' : 'flow',
            waitingSince: null,
          },
    handoverChanged: false,
    owner: loaded.owner,
    platformAt: null,
    unsentIds: [],
    endedHandovers: [],
    blocked: loaded.blocked,
    campaignRef: loaded.campaignRef,
    lastInboundAt: null,
    heardAt: null,
    eraseRequestedAt: loaded.eraseRequestedAt,
    unheard: [],
    counts: new Map(),
    live: new Set(),
    audit: [],
    processedIds: [],
  };
}

export function count(draft: Draft, metric: string, label = ''): void {
  const key = `${metric}|${label}`;
  draft.counts.set(key, (draft.counts.get(key) ?? 0) + 1);
}

/** How often a metric was counted in this draft, over all its labels. */
export function sumCounts(draft: Draft, metric: string): number {
  return [...draft.counts].reduce(
    (sum, [key, times]) => (key.startsWith(`${metric}|`) ? sum + times : sum),
    0,
  );
}

export function addMessage(draft: Draft, message: Omit<NewMessage, 'seq'>): number {
  const seq = draft.nextSeq;
  draft.nextSeq += 1;
  draft.messages.push({ ...message, seq });
  draft.live.add('message_added');
  return seq;
}

/** What a danger reason points to, found again in the transcript. `scanned`: how many texts the scan was given. */
export function storeReasons(
  draft: Draft,
  reasons: readonly DangerReason[],
  scanned: number,
): StoredReason[] {
  return reasons.map((reason) => ({
    rule: reason.rule,
    reasonKey: reason.reasonKey,
    level: reason.level,
    messageSeq: findSeq(draft, reason.textIndex - scanned),
    start: reason.span.start,
    end: reason.span.end,
  }));
}

/** stands for a scanned text that is no message */
export const NOWHERE = -1;

function findSeq(draft: Draft, indexFromEnd: number): number | null {
  const seq = indexFromEnd < 0 ? draft.recentSeqs.at(indexFromEnd) : undefined;
  return seq === undefined || seq === NOWHERE ? null : seq;
}
