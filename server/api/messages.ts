/** Messages of a conversation as staff get them: opened, with names, files and what the bot judged. */
import type { PoolClient } from 'pg';
import { listMedia } from '../store/media.ts';
import { readNames } from '../store/users.ts';
import type { Message } from './contract.ts';
import type { Tools } from './route.ts';

/** The bot's texts that tell how an offer was judged, by key. */
const OFFER_LEVELS: Readonly<Record<string, NonNullable<Message['offerLevel']>>> = {
  'offer.level.verify': 'verify',
  'offer.level.caution': 'caution',
  'offer.level.danger': 'danger',
};

/** Those with `seq > afterSeq`, oldest first. Their reader's role is not looked at: see masks.ts. */
export async function readMessages(
  client: PoolClient,
  tools: Tools,
  conversationId: string,
  afterSeq: number,
  limit: number,
): Promise<Message[]> {
  const messages = await tools.listMessages(client, tools.vault, conversationId, afterSeq, limit);
  const files = await listMedia(
    client,
    messages.flatMap(({ id, attachments }) => (attachments.length > 0 ? [id] : [])),
  );
  const writers = messages.flatMap((message) => (message.userId === null ? [] : [message.userId]));
  const names = await readNames(client, [...new Set(writers)]);
  return messages.map(
    ({ id, seq, author, text, delivery, unsent, failureClass, failureCode, ...message }) => ({
      ...{ id, seq, author, text, delivery, unsent, failureClass, failureCode },
      userName: message.userId === null ? null : (names.get(message.userId) ?? null),
      choices: message.choices.map((choice) => ({ id: choice.id, label: choice.label })),
      offerLevel: OFFER_LEVELS[message.key ?? ''] ?? null,
      attachments: message.attachments.map(({ type, latitude, longitude }, index) => ({
        type,
        place: latitude === undefined || longitude === undefined ? null : { latitude, longitude },
        media: files.get(id)?.find(({ position }) => position === index)?.view ?? null,
      })),
      createdAt: message.createdAt.toISOString(),
    }),
  );
}
