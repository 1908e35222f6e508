/** One sentence of the desk to the person, while a counsellor has the conversation. */
import type { PoolClient } from 'pg';
import type { Clock, Db, Sending, Vault } from '../ports.ts';
import { queueCounsellorMessage } from './queue-message.ts';

export interface TellDeps {
  vault: Vault;
  clock: Clock;
  newId: () => string;
  /** the text in the person's language */
  sentence: (messageKey: string, language: string) => string;
  sendingTo: (db: Db, conversationId: string) => Promise<Sending | null>;
}

/**
 * Queued in the caller's transaction, in the language of the conversation, under nobody's name. Nothing is said where somebody may
 * be reading along, or where the channel does not let us write.
 *
 * @returns whether it is on its way
 */
export function createTellPerson(deps: TellDeps) {
  return async (
    client: PoolClient,
    { conversationId, userId, messageKey }: { conversationId: string; userId: string; messageKey: string },
  ): Promise<boolean> => {
    const found = await client.query<{ language: string; quiet: boolean }>(
      'select language, quiet from conversations where id = $1',
      [conversationId],
    );
    const row = found.rows[0];
    if (row === undefined || row.quiet) return false;
    const sending = await deps.sendingTo(client, conversationId);
    if (sending?.ok !== true) return false;
    await queueCounsellorMessage(deps, client, {
      ...{ conversationId, userId, author: 'system', clientMessageId: deps.newId() },
      text: deps.sentence(messageKey, row.language),
    });
    return true;
  };
}
