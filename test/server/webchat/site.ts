/** A running web chat on a free port of this machine, with the fake desk behind it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { InboundEvent } from '../../../server/channels/adapter.ts';
import { createWebchatRouter } from '../../../server/webchat/router.ts';
import type { WebchatDeps } from '../../../server/webchat/router.ts';
import type { HelpNumber } from '../../../server/webchat/numbers.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import type { TestDatabase } from '../../support/postgres.ts';
import { createFakeDesk } from './fake-desk.ts';
import type { FakeDesk, Reply } from './fake-desk.ts';

export interface Site {
  url: string;
  database: TestDatabase;
  desk: FakeDesk;
  faults: unknown[];
  /** cuts every open connection, as a lost network does */
  dropConnections: () => void;
  close: () => Promise<void>;
}

export const TEST_NUMBERS: readonly HelpNumber[] = [
  { dial: '111', shown: '111', name: 'Số thứ nhất', note: 'Cả ngày đêm, miễn phí', where: 'vietnam' },
  { dial: '113', shown: '113', name: 'Số thứ hai', note: 'Cả ngày đêm, miễn phí', where: 'vietnam' },
  { dial: '115', shown: '115', name: 'Số thứ ba', note: 'Cả ngày đêm, miễn phí', where: 'vietnam' },
  {
    dial: '+84000000000',
    shown: '+84 000 000 000',
    name: 'Số cho người ở xa',
    note: 'Cước quốc tế',
    where: 'abroad',
  },
];

/** Greets, then answers each text with its echo and three choices. */
export function echo(event: InboundEvent): Reply[] {
  if (event.kind === 'start') {
    return [
      {
        text: 'Chào bạn. Bạn cần gì?',
        choices: [{ id: 'menu.offer', label: 'Hỏi về một lời mời làm việc' }],
      },
    ];
  }
  return [
    {
      text: `Đã nghe: ${event.text === '' ? (event.payload ?? '') : event.text}`,
      choices: [
        { id: 'yes', label: 'Đúng' },
        { id: 'no', label: 'Không' },
      ],
    },
  ];
}

export async function openSite(
  options: Partial<WebchatDeps> & { respond?: (event: InboundEvent) => Reply[] | null } = {},
): Promise<Site> {
  const { respond = echo, ...changed } = options;
  const database = await createTestDatabase();
  const desk = createFakeDesk(database.pool, respond);
  const faults: unknown[] = [];
  const app = express();
  // tests name their source with X-Forwarded-For
  app.set('trust proxy', true);
  app.use(
    createWebchatRouter({
      db: database.pool,
      inbox: desk.inbox,
      live: desk.live,
      clock: { now: () => new Date() },
      listMessages: desk.listMessages,
      hashPlatformId: desk.hashPlatformId,
      announceEnd: desk.announceEnd,
      numbers: () => TEST_NUMBERS,
      build: null,
      timing: { heartbeatMs: 10_000, pollMs: 20, formWaitMs: 20 },
      reportFault: (fault) => faults.push(fault),
      ...changed,
    }),
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String(readPort(server.address()))}`,
    database,
    desk,
    faults,
    dropConnections: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await database.drop();
    },
  };
}

function readPort(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
