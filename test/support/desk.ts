/** A desk for tests: the staff API over a real database and real HTTP, people who wait, and staff who sign in. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import express from 'express';
import type { PoolClient } from 'pg';
import { createApiRouter } from '../../server/api/router.ts';
import type { ApiDeps } from '../../server/api/router.ts';
import type { LivePace } from '../../server/api/live.ts';
import type { Role } from '../../server/api/contract.ts';
import { maxPartOf } from '../../server/channels/capabilities.ts';
import { createSendingCheck, listWindows } from '../../server/channels/sending.ts';
import type { Quota } from '../../server/channels/windows.ts';
import type { ChannelView, LiveHub, MessageView } from '../../server/ports.ts';
import type { Risk } from '../../server/store/desk.ts';
import { createPreviews } from '../../server/content/previews.ts';
import { createLiveHub, announce } from '../../server/live.ts';
import { createLog } from '../../server/log.ts';
import { openFiles, readMediaFile } from '../../server/media/open.ts';
import type { Practice } from '../../server/practice/load.ts';
import { listMessages } from '../../server/store/messages.ts';
import { placeBody, placeReasons } from '../../server/store/places.ts';
import { queueEntry } from '../../server/turns/desk-events.ts';
import { queueCounsellorMessage } from '../../server/turns/queue-message.ts';
import { createTellPerson } from '../../server/turns/tell-person.ts';
import { createVault } from '../../server/vault.ts';
import { createTestDatabase } from './postgres.ts';
import { deskRules, rules } from './rules.ts';
import { addInventedPasskey, addStaff as addStaffTo } from './staff.ts';
import { NO_CONTENT, openChecks, openRealContent } from './studio.ts';
import { findBetrayal } from './turns.ts';

export interface Waiting {
  risk: Risk;
  waitingSince: Date;
  /** what the person and the bot said, oldest first */
  messages?: readonly {
    author: MessageView['author'];
    text: string;
    delivery?: MessageView['delivery'];
    /** which text of the content it is */
    key?: string;
  }[];
  reasons?: readonly { rule: string; reasonKey: string; messageSeq: number; start: number; end: number }[];
  channel?: string;
  language?: string;
  /** when the person last wrote; `waitingSince` unless told */
  lastInboundAt?: Date;
  /** somebody answers at the platform's own inbox, and nobody waits at the desk */
  atPlatform?: boolean;
  /** somebody may be reading along */
  quiet?: boolean;
}

export type Desk = Awaited<ReturnType<typeof startDesk>>;

/** Starts at a fixed noon; `clock.move(ms)` lets time pass. `real` follows the machine's clock, for a browser. */
export async function startDesk(
  options: {
    pace?: LivePace;
    clock?: 'fixed' | 'real';
    /** a name for the address, where passkeys need one */
    host?: 'localhost';
    extend?: (app: express.Express) => void | Promise<void>;
    /** what the pages for editors ask; nothing to teach unless told */
    learning?: Partial<Pick<ApiDeps, 'teacher' | 'runTrial' | 'learningPurpose' | 'course'>>;
    /** none unless told */
    cannedAnswers?: ApiDeps['cannedAnswers'];
    /** scripted people and the safe-practice list; none unless told */
    practice?: Practice;
    /** the real content as the first release; none unless told */
    content?: 'real';
  } = {},
) {
  const database = await createTestDatabase();
  const key = randomBytes(32);
  const vault = createVault([{ id: 'test', key }]);
  /** for a real server that shares this database */
  const encryptionKeys = `test:${key.toString('base64')}`;
  let movedMs = 0;
  const start = new Date('2026-11-20T05:00:00.000Z').getTime();
  const clock = {
    now: () => new Date((options.clock === 'real' ? Date.now() : start) + movedMs),
    move: (ms: number) => {
      movedMs += ms;
    },
  };
  const log = createLog({ level: 'silent' });
  const hub = await createLiveHub({ pool: database.pool, connectionString: database.url, log });
  const live = countSubscribers(hub);
  const failures: string[] = [];
  const app = express();
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const publicUrl = `http://${options.host ?? '127.0.0.1'}:${String(port)}`;
  const conversationKeys = new Map<string, Buffer>();
  const quota: { now: Quota | null } = { now: null };
  const channels: { now: readonly ChannelView[] } = { now: [] };

  const sendingTo = createSendingCheck({ rules, quotaOf: () => quota.now, clock, vault, findBetrayal });
  const dataDir = await mkdtemp(path.join(tmpdir(), 'hoi-truoc-desk-'));
  const files = openFiles({ dataDir, mediaS3: undefined });

  const content = options.content === 'real' ? await openRealContent(database, clock) : null;
  const checks = openChecks(database, clock);
  const previews = createPreviews({
    ...{ pool: database.pool, vault, clock },
    learningPurpose: options.learning?.learningPurpose ?? null,
  });

  const deps: ApiDeps = {
    pool: database.pool,
    transact: database.transact,
    vault,
    clock,
    newId: randomUUID,
    liveHub: live.hub,
    publicUrl,
    reasonText: (key, language) => REASONS[key]?.[language === 'en' ? 'en' : 'vi'] ?? key,
    languagesWritten: (texts) => (texts.some((text) => /[\u1780-\u17ff]/u.test(text)) ? ['km'] : []),
    queueCounsellorMessage: (client, message) =>
      queueCounsellorMessage({ vault, clock, newId: randomUUID }, client, message),
    maxPartUtf16: maxPartOf,
    cannedAnswers: options.cannedAnswers ?? (() => []),
    listMessages,
    readMedia: (media) => readMediaFile(files, vault, media),
    sendingTo,
    deskRules,
    tellPerson: createTellPerson({
      ...{ vault, clock, newId: randomUUID, sendingTo },
      sentence: (key, language) => `${key} (${language})`,
    }),
    enterFlow: (client, conversationId, entry) =>
      queueEntry({ vault, clock, newId: randomUUID }, client, conversationId, entry),
    deskOrder: { windows: listWindows(rules), soonMinutes: rules.closing_soon_minutes },
    listChannels: () => Promise.resolve(channels.now),
    practice: options.practice ?? NOTHING_TO_PRACTISE,
    ...NOTHING_TO_TEACH,
    ...options.learning,
    studio: { checks, previews, live: content ?? NO_CONTENT },
    caseRegisters: SOME_REGISTERS,
    announce,
    onError: (route, error) => void failures.push(`${route} ${String(error)}`),
  };
  app.use('/api', createApiRouter(deps, options.pace));
  await options.extend?.(app);

  async function addMessage(
    client: PoolClient,
    conversationId: string,
    message: {
      id: string;
      author: string;
      text: string;
      delivery: string;
      userId?: string;
      failureClass?: string;
      key?: string;
    },
  ): Promise<number> {
    const next = await client.query<{ seq: number }>(
      'update conversations set next_seq = next_seq + 1 where id = $1 returning next_seq - 1 as seq',
      [conversationId],
    );
    const seq = next.rows[0]?.seq ?? 0;
    const body = vault.seal(
      conversationKeys.get(conversationId) ?? Buffer.alloc(0),
      placeBody(message.id, conversationId),
      {
        text: message.text,
        choices: [],
        language: 'vi',
        ...(message.key !== undefined && { key: message.key }),
      },
    );
    await client.query(
      `insert into messages (id, conversation_id, seq, author, user_id, body_enc, created_at, delivery, failure_class)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        ...[message.id, conversationId, seq, message.author, message.userId ?? null, body, clock.now()],
        ...[message.delivery, message.failureClass ?? null],
      ],
    );
    return seq;
  }

  /** @returns ids and the code staff see */
  async function addWaiting(waiting: Waiting): Promise<{ conversationId: string; code: string }> {
    const [contactId, conversationId, handoverId] = [randomUUID(), randomUUID(), randomUUID()];
    const code = randomBytes(3).toString('hex').toUpperCase();
    const key = await vault.newKey();
    conversationKeys.set(conversationId, key);
    const { channel = 'web', language = 'vi' } = waiting;
    await database.transact(async (client) => {
      await client.query(
        `insert into contacts (id, channel, account, platform_hash, platform_id_enc, created_at)
         values ($1, $2, 'default', $3, '\\x', $4)`,
        [contactId, channel, randomBytes(32), waiting.waitingSince],
      );
      await client.query(
        `insert into conversations (id, contact_id, channel, account, key_wrapped, language, risk, code, last_inbound_at,
           created_at, updated_at, owner, quiet, platform_at)
         values ($1, $2, $3, 'default', $4, $5, $6, $7, $9, $8, $8, $10, $11, case when $10 = 'platform' then $8::timestamptz end)`,
        [
          ...[conversationId, contactId, channel, key, language, waiting.risk, code, waiting.waitingSince],
          ...[
            waiting.lastInboundAt ?? waiting.waitingSince,
            waiting.atPlatform === true ? 'platform' : 'bot',
            waiting.quiet ?? false,
          ],
        ],
      );
      for (const { author, text, delivery, key: of } of waiting.messages ?? []) {
        const state = delivery ?? (author === 'person' ? 'received' : 'sent');
        const message = { id: randomUUID(), author, text, delivery: state };
        await addMessage(client, conversationId, of === undefined ? message : { ...message, key: of });
      }
      const reasons = (waiting.reasons ?? []).map((reason) => ({
        ...reason,
        level: waiting.risk,
        category: 'x',
      }));
      await client.query(
        `insert into handovers (id, conversation_id, risk, cause, reasons_enc, waiting_since, created_at, state)
         values ($1, $2, $3, $4, $5, $6, $6, case when $4 = 'platform' then 'taken' else 'waiting' end)`,
        [
          ...[handoverId, conversationId, waiting.risk, causeOf(waiting)],
          ...[vault.seal(key, placeReasons(handoverId, conversationId), reasons), waiting.waitingSince],
        ],
      );
      await announce(client, [{ kind: 'queue_changed', conversationId, userId: null }]);
    });
    return { conversationId, code };
  }

  const addStaff = (role: Role, displayName: string = role, proof: 'password' | 'factor' = 'factor') =>
    addStaffTo(database, clock.now(), { role, displayName, proof });
  const giveFactor = (userId: string): Promise<void> =>
    database.transact((client) => addInventedPasskey(client, userId, clock.now()));

  /** As our own page would ask. */
  async function call(
    method: string,
    path: string,
    options: { cookie?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: unknown; headers: Headers }> {
    const response = await fetch(`${publicUrl}/api${path}`, {
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(options.cookie === undefined ? {} : { cookie: options.cookie }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined
        ? {}
        : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
    return { status: response.status, body, headers: response.headers };
  }

  /** as when a cable is pulled: every open connection ends */
  function dropConnections(): void {
    server.closeAllConnections();
  }

  async function stop(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await hub.close();
    await checks.close();
    await previews.close();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  }

  return {
    ...{
      app,
      deps,
      content,
      checks,
      files,
      database,
      vault,
      encryptionKeys,
      clock,
      publicUrl,
      failures,
      live,
      quota,
      channels,
    },
    ...{ addWaiting, addStaff, giveFactor, addMessage, call, dropConnections, stop },
  };
}

const SOME_REGISTERS: ApiDeps['caseRegisters'] = {
  services: () => [
    {
      id: 'service-hotline-111',
      level: 'country',
      name: 'Tổng đài 111',
      does: 'nghe',
      who: '-',
      isConfirmed: true,
    },
    { id: 'service-commune', level: 'commune', name: 'Ủy ban xã', does: 'nhận', who: '-', isConfirmed: true },
    {
      id: 'service-shelter',
      level: 'province',
      name: 'Nhà tạm lánh',
      does: 'ở',
      who: '-',
      isConfirmed: false,
    },
  ],
  provinces: () => [
    { id: 'ha-noi', name: 'Hà Nội' },
    { id: 'son-la', name: 'Sơn La' },
  ],
  countries: () => [
    { id: 'KH', name: 'Campuchia' },
    { id: 'VN', name: 'Việt Nam' },
  ],
  fact: (id) => `[${id}]`,
  factDays: (id) => (id === 'first-check-days' ? 3 : null),
};

const NOTHING_TO_PRACTISE: Practice = {
  content: { items: [], moves: [], scenarios: [] },
  numbers: new Set(),
  fillNumbers: (text) => text,
};

const NOTHING_TO_TEACH: Pick<ApiDeps, 'teacher' | 'runTrial' | 'learningPurpose' | 'course'> = {
  teacher: { guess: () => [], intents: [], flows: [], faultOf: () => 'unknown_target' },
  runTrial: () => Promise.resolve({ tasks: [], broken: [], mended: [], danger: [], otherwise: 0 }),
  learningPurpose: null,
  course: { modules: () => [], provinces: () => [], play: () => null },
};

function causeOf({ atPlatform, reasons = [] }: Waiting): string {
  if (atPlatform === true) return 'platform';
  return reasons.length > 0 ? 'danger' : 'person_asked';
}

const REASONS: Readonly<Record<string, { vi: string; en: string }>> = {
  'danger.passport-kept': { vi: 'Bị giữ hộ chiếu', en: 'Passport is being kept' },
  'danger.beaten': { vi: 'Bị đánh', en: 'Being beaten' },
  'danger.ransom': { vi: 'Đòi tiền chuộc mới cho về', en: 'Ransom demanded' },
};

/** The real hub, and how many streams hang on it. */
function countSubscribers(hub: LiveHub): { hub: LiveHub; streams: () => number } {
  let streams = 0;
  const subscribe: LiveHub['subscribe'] = async (after, listener) => {
    const stop = await hub.subscribe(after, listener);
    streams += 1;
    return () => {
      streams -= 1;
      stop();
    };
  };
  return { hub: { ...hub, subscribe }, streams: () => streams };
}
