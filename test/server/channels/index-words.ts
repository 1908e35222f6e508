/** What the indexes of recorded payloads expect, in the words of our own events. */
import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import { z } from 'zod';
import type { InboundEvent, Party } from '../../../server/channels/adapter.ts';

export const ExpectedEventSchema = z.looseObject({
  kind: z.string(),
  /** where the index accepts several readings; `message` then has no payload */
  kindAnyOf: z.array(z.string()).optional(),
  text: z.string().nullable(),
  senderId: z.string().nullable(),
  conversationId: z.string(),
  conversationType: z.string(),
  messageId: z.string().nullable(),
  timestamp: z.number().nullable(),
  attachments: z.array(z.looseObject({ type: z.string() })),
  payload: z.string().nullable(),
  ref: z.string().nullable(),
  dedupeKey: z.string(),
  botMayReply: z.boolean(),
  callbackQueryId: z.string().optional(),
  replyToken: z.string().nullish(),
  redelivery: z.boolean().default(false),
  byHuman: z.boolean().optional(),
  to: z.enum(['bot', 'human']).optional(),
  messageIds: z.array(z.string()).optional(),
  watermark: z.number().optional(),
});

/** The one place where our field names meet those of the recorded index. */
export function inWordsOfTheIndex(event: InboundEvent) {
  return {
    kind: event.kind,
    text: event.text,
    senderId: event.senderId,
    conversationId: event.conversationId,
    conversationType: event.conversationType,
    messageId: event.messageId,
    timestamp: event.sentAt === null ? null : event.sentAt.getTime(),
    attachments: event.attachments.map((attachment) => ({
      // The index has no word of its own for a voice note.
      type: attachment.type === 'voice' ? 'audio' : attachment.type,
      ref: attachment.ref,
      mimeType: attachment.mimeType,
      durationMs: attachment.durationMs,
      latitude: attachment.latitude,
      longitude: attachment.longitude,
    })),
    payload: event.payload,
    ref: event.ref,
    dedupeKey: event.dedupeKey,
    botMayReply: event.botMayReply,
    // what is needed to answer comes first; an adapter may put more behind a space
    replyHandle: event.replyHandle?.split(' ')[0] ?? null,
    party: event.party,
    receipt: event.receipt,
  };
}

/** What the index expects, with what it leaves open filled in: names and telephone numbers are not part of our events. */
export function expectedShape(
  expected: z.infer<typeof ExpectedEventSchema>,
  raw: Buffer,
  kind: string | undefined,
  ownParty: Party,
): unknown {
  const isOtherReading = kind !== expected.kind && expected.kindAnyOf?.includes(kind ?? '') === true;
  const digest = createHash('sha256').update(raw).digest('hex');
  return {
    kind: isOtherReading ? kind : expected.kind,
    text: expected.text ?? '',
    senderId: expected.senderId,
    conversationId: expected.conversationId,
    conversationType: expected.conversationType,
    messageId: expected.messageId,
    timestamp: expected.timestamp,
    attachments: expected.attachments.map((attachment) => ({
      type: attachment.type,
      ref: attachment['ref'] ?? null,
      mimeType: attachment['mimeType'] ?? null,
      durationMs: attachment['durationMs'] ?? null,
      latitude: attachment['latitude'] ?? null,
      longitude: attachment['longitude'] ?? null,
    })),
    payload: isOtherReading && kind === 'message' ? null : expected.payload,
    ref: expected.ref,
    dedupeKey: expectedKey(expected.dedupeKey, digest),
    botMayReply: expected.botMayReply,
    // the handle of something delivered a second time may be used up
    replyHandle: expected.redelivery ? null : (expected.callbackQueryId ?? expected.replyToken ?? null),
    party: expectedParty(expected, ownParty),
    receipt: expectedReceipt(expected),
  };
}

/** A key the index gives as `messenger:read:<psid>:…` names its parts: the person's id itself stays out of ours. */
function expectedKey(given: string, digest: string): unknown {
  const key = given.replace('sha256(raw body)', digest);
  const [prefix = '', ...parts] = key.split('<');
  return parts.length === 0 ? key : expect.stringMatching(new RegExp(`^${prefix}[0-9a-f]{32,}$`));
}

function expectedParty({ byHuman, to }: z.infer<typeof ExpectedEventSchema>, ownParty: Party): Party | null {
  if (byHuman !== undefined) return byHuman ? 'inbox' : ownParty;
  if (to !== undefined) return to === 'human' ? 'inbox' : 'us';
  return null;
}

function expectedReceipt({ kind, messageIds = [], watermark }: z.infer<typeof ExpectedEventSchema>) {
  if (kind !== 'delivered' && kind !== 'read') return null;
  return { messageIds, upTo: watermark === undefined ? null : new Date(watermark) };
}
