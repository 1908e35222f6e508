/** What the staff API needs from the rest of the server; main.ts hands it over. */
import type { Pool, PoolClient } from 'pg';
import type { Clock, LiveHub, LiveKind, Transact, Vault, MessageView, Db } from '../ports.ts';

export interface LiveChangeToTell {
  kind: LiveKind;
  conversationId: string | null;
  userId: string | null;
}

export interface ApiDeps {
  pool: Pool;
  transact: Transact;
  vault: Vault;
  clock: Clock;
  /** a UUID */
  newId: () => string;
  liveHub: LiveHub;
  /** where browsers reach us; https makes the cookie `__Host-` and Secure */
  publicUrl: string;
  /** counsellor-facing text of a danger reason, from the content */
  reasonText: (reasonKey: string, language: string) => string;
  /** stores and queues what a counsellor writes; the same `clientMessageId` twice gives the first message again */
  queueCounsellorMessage: (
    client: PoolClient,
    message: { conversationId: string; userId: string; text: string; clientMessageId: string },
  ) => Promise<{ messageId: string; seq: number }>;
  /** messages with `seq > afterSeq`, oldest first */
  listMessages: (
    db: Db,
    vault: Vault,
    conversationId: string,
    afterSeq: number,
    limit: number,
  ) => Promise<readonly MessageView[]>;
  /** writes the live events in this transaction and wakes the listeners with one notify */
  announce: (client: PoolClient, changes: readonly LiveChangeToTell[]) => Promise<void>;
  /** told about our own mistakes: code and route pattern, no content */
  onError: (route: string, error: unknown) => void;
}
