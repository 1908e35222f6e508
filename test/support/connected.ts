/** The whole server connected to the four platforms: what tests of the way from webhook to answer stand on. */
import { expect } from '@jest/globals';
import { FACES, type FaceName } from './platforms/answers.ts';
import type { BuildEvent, EventKind } from './platforms/events.ts';
import { type Platforms, startPlatforms } from './platforms/platforms.ts';
import { createWebhookSender, type WebhookSender } from './platforms/webhook-sender.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';
import { newEncryptionKeys, type RunningServer, startServer } from './server-process.ts';

export interface Connected {
  platforms: Platforms;
  database: TestDatabase;
  server: RunningServer;
  /** delivers as this platform does */
  webhooks: Readonly<Record<FaceName, WebhookSender>>;
  /** Resolves when everything received was turned, but for what came before its time, and everything decided was sent. */
  settled: () => Promise<void>;
  /** what is stored and sent so far */
  count: () => Promise<Counts>;
  /** a person of this channel nobody has heard of yet */
  person: (channel: FaceName) => ConnectedPerson;
  close: () => Promise<void>;
}

export interface Counts {
  /** events stored */
  inbox: number;
  /** what people said, as it stands in conversations */
  said: number;
  /** what people were shown */
  sent: number;
}

/** Everything a person does is delivered twice, as platforms do when they are not sure, and has settled before it resolves. */
export interface ConnectedPerson {
  id: string;
  does: (kind: EventKind, value?: string) => Promise<void>;
  /** the event as this person's, to be delivered otherwise */
  event: (kind: EventKind, value?: string) => object;
  /** the id of what this person did last */
  lastMessageId: () => string;
  heard: () => readonly string[];
  /** payloads of the buttons shown last */
  buttons: () => readonly string[];
}

export async function startConnected(env: Readonly<Record<string, string>> = {}): Promise<Connected> {
  const [database, platforms] = await Promise.all([createTestDatabase(), startPlatforms()]);
  const server = await startServer({
    env: {
      DATABASE_URL: database.url,
      ENCRYPTION_KEYS: newEncryptionKeys(),
      LOG_LEVEL: 'debug',
      ...platforms.env(),
      ...env,
    },
  });
  const connect = (channel: FaceName): WebhookSender =>
    createWebhookSender({ channel, server: server.url, hear: platforms.hear });
  const webhooks = {
    zalo: connect('zalo'),
    messenger: connect('messenger'),
    telegram: connect('telegram'),
    line: connect('line'),
  };
  let last = 0;

  async function settled(): Promise<void> {
    for (;;) {
      const { rows } = await database.pool.query<{ open: number }>(
        `select (select count(*) from outbox where state = 'queued')::int
              + (select count(*) from inbox where processed_at is null
                  and (not_before is null or not_before <= now()))::int as open`,
      );
      if (rows[0]?.open === 0) return;
    }
  }

  async function count(): Promise<Counts> {
    const { rows } = await database.pool.query<{ inbox: number; said: number }>(
      `select (select count(*) from inbox)::int as inbox,
              (select count(*) from messages where author = 'person')::int as said`,
    );
    return { inbox: rows[0]?.inbox ?? -1, said: rows[0]?.said ?? -1, sent: platforms.sent.length };
  }

  function person(channel: FaceName): ConnectedPerson {
    last += 1;
    const id = webhooks[channel].person(last);
    let happened = last * 1000;
    const event = (kind: EventKind, value = ''): object => {
      happened += 1;
      return builderOf(channel, kind)({ person: id, id: happened, at: new Date() }, value);
    };
    const shown = () => platforms.sent.filter((one) => one.face === channel && one.person === id);
    return {
      id,
      event,
      does: async (kind, value) => {
        const { statuses } = await webhooks[channel].deliver([event(kind, value)], {
          copies: 2,
          inTurn: true,
        });
        expect(statuses).toEqual([200, 200]);
        await settled();
      },
      lastMessageId: () => webhooks[channel].messageId(happened),
      heard: () => shown().map(({ text }) => text),
      buttons: () =>
        shown()
          .findLast(({ choices }) => choices.length > 0)
          ?.choices.map(({ payload }) => payload) ?? [],
    };
  }

  function builderOf(channel: FaceName, kind: EventKind): BuildEvent {
    const build = webhooks[channel].build[kind];
    if (build === undefined) throw new Error(`${channel} does not tell ${kind}`);
    return build;
  }

  return {
    ...{ platforms, database, server, webhooks, settled, count, person },
    close: async () => {
      await server.stop();
      for (const channel of FACES) webhooks[channel].close();
      await platforms.close();
      await database.drop();
    },
  };
}
