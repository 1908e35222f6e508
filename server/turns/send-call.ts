/** One call of an adapter: a message, or the messages of one turn where the channel takes several at once. */
import type { Adapter, OutboundMessage, SendContext, SendResult } from '../channels/adapter.ts';
import type { Log } from '../log.ts';
import type { FindRecording } from '../recordings.ts';
import type { Outcome, OutboxRow } from './outbox-rows.ts';

/** longer than any adapter's own limit */
const SEND_TIMEOUT_MS = 30_000;

export interface Called {
  /** what went out: the first message, or it and those behind it */
  sent: readonly Extract<Outcome, { kind: 'sent' }>[];
  /** what became of the first message when it did not go out */
  head: Extract<SendResult, { ok: false }> | null;
}

interface CallDeps {
  findAdapter: (channel: string, account: string) => Adapter | null;
  /** where platforms can fetch recordings; absent = nowhere */
  findRecording?: FindRecording;
  log: Log;
}

/**
 * The first message of a chain and those behind it that the bot decided in the same turn. They were decided in one moment and wait
 * under one lease, so what is true of the first is true of all.
 */
export function listTurn(
  head: OutboxRow,
  chains: ReadonlyMap<string, readonly OutboxRow[]>,
): readonly OutboxRow[] {
  const chain = chains.get(head.conversationId) ?? [];
  if (head.author !== 'bot' || chain[0] !== head) return [head];
  const end = chain.findIndex(
    (row) =>
      row.author !== 'bot' ||
      row.createdAt.getTime() !== head.createdAt.getTime() ||
      row.unasked !== head.unasked,
  );
  return end === -1 ? chain : chain.slice(0, end);
}

/** An adapter must not throw; if one does, it is as if the platform had not answered. */
export async function callAdapter(
  deps: CallDeps,
  turn: readonly OutboxRow[],
  outsideWindow: boolean,
): Promise<Called> {
  const [head] = turn;
  if (head === undefined) return { sent: [], head: null };
  const adapter = deps.findAdapter(head.channel, head.account);
  if (adapter === null) return failed('permission', 'account_missing');
  // not AbortSignal.timeout: each would stay for its thirty seconds, thousands of them under load
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), SEND_TIMEOUT_MS).unref();
  const context: SendContext = {
    idempotencyKey: head.messageId,
    skipParts: head.sentParts,
    ...(outsideWindow && { outsideWindow }),
    signal: late.signal,
  };
  try {
    const fill = (row: OutboxRow): OutboundMessage => withRecording(row.message, adapter, deps.findRecording);
    const together = await callTogether(adapter, turn, context, fill);
    if (together !== null) return together;
    const result = await adapter.send(targetOf(head), fill(head), context);
    if (!result.ok) return { sent: [], head: result };
    const { platformIds, charged = 0 } = result;
    return { sent: [{ kind: 'sent', row: head, platformIds, charged }], head: null };
  } catch (error) {
    deps.log.error({ event: 'adapter_threw', channel: head.channel, messageId: head.messageId, error });
    return failed('retry', 'adapter_threw');
  } finally {
    clearTimeout(timer);
  }
}

/** @returns null when the messages go one by one */
async function callTogether(
  adapter: Adapter,
  turn: readonly OutboxRow[],
  context: SendContext,
  fill: (row: OutboxRow) => OutboundMessage,
): Promise<Called | null> {
  const [head] = turn;
  const limit = adapter.capabilities.maxMessagesPerSend ?? 1;
  if (head === undefined || turn.length < 2 || limit < 2 || adapter.sendTogether === undefined) return null;
  const messages = turn.slice(0, limit).map(fill);
  const result = await adapter.sendTogether(targetOf(head), messages, context);
  if (!result.ok) {
    // one of them may be the fault: alone, each is judged for itself
    return result.taken > 1 && result.failure.class === 'invalid' ? null : { sent: [], head: result.failure };
  }
  const sent = turn.slice(0, result.taken).map((row, index) => ({
    kind: 'sent' as const,
    row,
    platformIds: result.platformIds[index] ?? [],
    charged: index === 0 ? (result.charged ?? 0) : 0,
  }));
  return { sent, head: null };
}

function withRecording(
  message: OutboundMessage,
  { capabilities }: Adapter,
  find: FindRecording | undefined,
): OutboundMessage {
  if (message.audio === undefined || find === undefined) return message;
  const recording = find(message.audio, capabilities.audioFormats ?? []);
  return recording === null ? message : { ...message, recording };
}

function targetOf({ platformId, replyHandle }: OutboxRow) {
  return { conversationId: platformId, replyHandle };
}

function failed(failure: 'permission' | 'retry', code: string): Called {
  return { sent: [], head: { ok: false, class: failure, retryAfterMs: null, sentParts: 0, code } };
}
