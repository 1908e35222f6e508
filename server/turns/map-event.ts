/** What a platform event means for the engine: pure, one table of cases. */
import type { TurnInput } from '../../bot/index.ts';
import type { InboundEvent, Party } from '../channels/adapter.ts';
import { assertNever } from '../errors.ts';

export type Intake =
  /** run a turn; `silent`: the scan runs, nothing is said */
  | { kind: 'turn'; input: TurnInput; silent: boolean; reachable: boolean }
  /** only whether we can reach the person changed */
  | { kind: 'reachable'; reachable: boolean }
  /** somebody answers at the platform, or another program does: the bot is mute from now on */
  | { kind: 'takeover'; party: Party }
  /** the platform gave the conversation to us */
  | { kind: 'handback' }
  /** the person took a message back */
  | { kind: 'unsend'; messageId: string }
  /** how far our messages came; settled before the turns (marks.ts) */
  | { kind: 'receipt' }
  | { kind: 'nothing' };

/** Must this event be stored? Groups, empty receipts, our own echoes and reactions are not. */
export function isKept(event: InboundEvent): boolean {
  return (
    event.conversationType === 'private' && event.conversationId !== '' && mapEvent(event).kind !== 'nothing'
  );
}

/**
 * May this event be the first we store of somebody? Receipts, echoes in nobody's name and the like only follow on something; for
 * a person who was erased they must not begin a new record.
 */
export function mayBegin({ kind, party }: InboundEvent): boolean {
  if (kind === 'delivered' || kind === 'read' || kind === 'unsend') return false;
  return !(kind === 'echo' && party === 'unnamed') && !(kind === 'handover' && party === 'us');
}

/** Kinds that no person caused: they open nothing, show no sign of life, and stand nowhere in the transcript. */
export function isOurs({ kind }: InboundEvent): boolean {
  return kind === 'silence' || kind === 'tell' || kind === 'enter';
}

export function mapEvent(event: InboundEvent): Intake {
  const silent = !event.botMayReply;
  switch (event.kind) {
    case 'message':
      return turn(readMessage(event), silent);
    case 'postback':
      return event.payload === null
        ? { kind: 'nothing' }
        : turn({ kind: 'choice', id: event.payload }, silent);
    case 'start':
    case 'referral':
      return turn({ kind: 'start', ref: event.ref, languageHint: event.languageHint }, silent);
    case 'follow':
      // some platforms open a conversation with it, others send a `start` of its own right after
      if (silent || event.returning) return { kind: 'reachable', reachable: true };
      return turn({ kind: 'start', ref: event.ref, languageHint: event.languageHint }, false);
    case 'unfollow':
      return { kind: 'reachable', reachable: false };
    case 'edit':
      // an edit may add danger; answering it would answer the same message twice
      if (event.text === '') return { kind: 'nothing' };
      return turn({ kind: 'text', text: event.text, forwarded: event.forwarded }, true);
    case 'silence':
      return event.payload === null
        ? { kind: 'nothing' }
        : turn({ kind: 'silence', until: event.payload }, false);
    case 'tell':
      return event.payload === null ? { kind: 'nothing' } : turn({ kind: 'tell', key: event.payload }, false);
    case 'enter':
      return event.payload === null
        ? { kind: 'nothing' }
        : turn({ kind: 'enter', flow: event.payload, node: event.ref }, false);
    case 'echo':
      return event.party === null || event.party === 'us'
        ? { kind: 'nothing' }
        : { kind: 'takeover', party: event.party };
    case 'handover':
      if (event.party === null) return { kind: 'nothing' };
      return event.party === 'us' ? { kind: 'handback' } : { kind: 'takeover', party: event.party };
    case 'unsend':
      return event.messageId === null ? { kind: 'nothing' } : { kind: 'unsend', messageId: event.messageId };
    case 'delivered':
    case 'read':
      return isEmptyReceipt(event) ? { kind: 'nothing' } : { kind: 'receipt' };
    case 'reaction':
    case 'profile':
    case 'membership':
    case 'ignored':
      return { kind: 'nothing' };
    default:
      return assertNever(event.kind);
  }
}

function isEmptyReceipt({ receipt }: InboundEvent): boolean {
  return receipt === null || (receipt.messageIds.length === 0 && receipt.upTo === null);
}

function turn(input: TurnInput, silent: boolean): Intake {
  return { kind: 'turn', input, silent, reachable: true };
}

function readMessage(event: InboundEvent): TurnInput {
  if (event.payload !== null) return { kind: 'choice', id: event.payload };
  // a link preview beside a text is the text's own link
  const attached = event.attachments.find((one) => one.type !== 'link' || event.text === '');
  if (attached === undefined) return { kind: 'text', text: event.text, forwarded: event.forwarded };
  return { kind: 'attachment', attachment: attached.type, caption: event.text, ref: attached.ref };
}

/**
 * Platforms deliver in parallel: messages that wait together may have arrived in another order than they were written. Runs of
 * plain messages that carry the platform's time and a counted id are put in that order; everything else stays where it is.
 */
export function orderEvents<T extends { event: InboundEvent }>(waiting: readonly T[]): T[] {
  const ordered: T[] = [];
  let run: T[] = [];
  const flush = (): void => {
    ordered.push(...run.sort((a, b) => compareSent(a.event, b.event)));
    run = [];
  };
  for (const item of waiting) {
    if (isNumbered(item.event)) {
      run.push(item);
      continue;
    }
    flush();
    ordered.push(item);
  }
  flush();
  return ordered;
}

function isNumbered(event: InboundEvent): boolean {
  return event.kind === 'message' && event.sentAt !== null && /^\d{1,15}$/.test(event.messageId ?? '');
}

function compareSent(a: InboundEvent, b: InboundEvent): number {
  return (
    (a.sentAt?.getTime() ?? 0) - (b.sentAt?.getTime() ?? 0) ||
    Number(a.messageId ?? 0) - Number(b.messageId ?? 0)
  );
}
