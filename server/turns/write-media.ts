/** Which files of an event are to be fetched, and the rows that say so; written with the message they belong to. */
import type { PoolClient } from 'pg';
import { CHANNELS, type InboundAttachment, type InboundEvent } from '../channels/adapter.ts';
import { hasFile, MAX_FILES_PER_MESSAGE, MEDIA_RULES, mediaLimit } from '../channels/media-rules.ts';
import { newUuid } from '../ids.ts';
import type { Vault } from '../ports.ts';
import { deleteMediaOf, insertMedia } from '../store/media.ts';
import type { Draft } from './draft.ts';

/** A file behind an attachment of a message, not fetched yet. */
export interface WantedFile {
  /** which of the message's attachments, from 0 */
  position: number;
  attachment: InboundAttachment;
}

/** What stands of it in the transcript: a place is all that was said, a file has a row of its own. */
export function describeAttachment({ type, latitude, longitude }: InboundAttachment) {
  return { type, ...(latitude !== null && longitude !== null && { latitude, longitude }) };
}

/** An edit repeats the files of the message it changes: they are there already. */
export function listFiles(event: InboundEvent): readonly WantedFile[] {
  if (event.kind !== 'message') return [];
  return event.attachments.map((attachment, position) => ({ position, attachment }));
}

/** Sent after the messages, which the rows point to. */
export async function writeMedia(
  client: PoolClient,
  drafts: readonly Draft[],
  { vault, now }: { vault: Vault; now: Date },
): Promise<void> {
  const rows = drafts.flatMap(({ loaded, messages }) => {
    const channel = CHANNELS.find((name) => name === loaded.channel);
    if (channel === undefined) return [];
    return messages.flatMap((message) =>
      (message.files ?? []).slice(0, MAX_FILES_PER_MESSAGE).flatMap(({ position, attachment }) => {
        if (!hasFile(attachment)) return [];
        const isTooLarge = (attachment.sizeBytes ?? 0) > mediaLimit(channel, attachment.type);
        const { type: kind, ref, url } = attachment;
        return [
          {
            ...{ id: newUuid(now.getTime()), messageId: message.id, conversationId: loaded.id, position },
            ...{ channel, account: loaded.account, kind, keyWrapped: loaded.keyWrapped },
            source: { ref, ...(url !== undefined && { url }) },
            fetchBy: new Date(message.createdAt.getTime() + MEDIA_RULES[channel].fetchWithinMs),
            refused: isTooLarge ? 'too_large' : null,
            createdAt: now,
          },
        ];
      }),
    );
  });
  await insertMedia(client, vault, rows);
}

/** Files of messages that were taken back. */
export async function dropUnsentMedia(client: PoolClient, drafts: readonly Draft[]): Promise<void> {
  const ids = drafts.flatMap((draft) => draft.unsentIds);
  if (ids.length > 0) await deleteMediaOf(client, ids);
}
