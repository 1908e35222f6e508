/** InboundEvent as it lies encrypted in the inbox, and back. */
import { z } from 'zod';
import { ATTACHMENT_KINDS } from '../../bot/index.ts';
import { INBOUND_KINDS, type InboundEvent, PARTIES } from '../channels/adapter.ts';

const AttachmentSchema = z.object({
  type: z.enum(ATTACHMENT_KINDS),
  ref: z.string().nullable(),
  url: z.string().optional(),
  mimeType: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  durationMs: z.number().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
});

const EventSchema = z.object({
  kind: z.enum(INBOUND_KINDS),
  dedupeKey: z.string(),
  conversationId: z.string(),
  conversationType: z.enum(['private', 'group', 'channel']),
  senderId: z.string().nullable(),
  messageId: z.string().nullable(),
  sentAt: z.coerce.date().nullable(),
  receivedAt: z.coerce.date(),
  text: z.string(),
  attachments: z.array(AttachmentSchema),
  payload: z.string().nullable(),
  ref: z.string().nullable(),
  replyHandle: z.string().nullable(),
  languageHint: z.string().nullable(),
  /** events stored by an earlier release have none */
  returning: z.boolean().default(false),
  forwarded: z.boolean(),
  botMayReply: z.boolean(),
  opensWindow: z.boolean(),
  /** events stored by an earlier release have none */
  party: z.enum(PARTIES).nullable().default(null),
  receipt: z
    .object({ messageIds: z.array(z.string()), upTo: z.coerce.date().nullable() })
    .nullable()
    .default(null),
});

/** @throws ZodError for a shape this release does not know */
export function readEvent(value: unknown): InboundEvent {
  return EventSchema.parse(value);
}
