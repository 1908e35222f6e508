/** Live updates for consoles and web chats on every instance: ids only, in commit order, replayed after a reconnect. */
import pg from 'pg';
import type { Pool, PoolClient } from 'pg';
import type { Log } from './log.ts';
import { LIVE_KINDS, type LiveEvent, type LiveHub, type LiveSignal } from './ports.ts';
import { insertLiveEvents, type LiveChange } from './store/live-events.ts';

export const LIVE_CHANNEL = 'hoi_truoc_live';

export interface LiveHubOptions {
  pool: Pool;
  /** a connection of its own for LISTEN: it must not be a pooler's in transaction mode */
  connectionString: string;
  log: Log;
  /** notifications may get lost; this often the table is looked at anyway */
  pollMs?: number;
}

interface Cursor {
  /** transaction id; sequence order alone is not commit order */
  xid: string;
  seq: number;
}

interface Subscriber {
  listener: (signal: LiveSignal) => void;
  cursor: Cursor;
}

const DEFAULT_POLL_MS = 1000;
const RECONNECT_MS = 1000;
const BATCH = 1000;
/** A console that was away longer refetches everything. */
const KEEP_HOURS = 24;
const TRIM_EVERY_MS = 10 * 60_000;

/** Writes the events in the caller's transaction and wakes every listener once, without data. */
export async function announce(client: PoolClient, changes: readonly LiveChange[]): Promise<void> {
  if (changes.length === 0) return;
  await Promise.all([
    insertLiveEvents(client, changes),
    client.query({ name: 'live_notify', text: `select pg_notify('${LIVE_CHANNEL}', '')` }),
  ]);
}

/** Wakes listeners on every instance after commits that wrote events without notifying. */
export async function wakeListeners(pool: Pool): Promise<void> {
  await pool.query({ name: 'live_notify', text: `select pg_notify('${LIVE_CHANNEL}', '')` });
}

/**
 * One reader per process: each batch is fetched once and fanned out. Rows of transactions that may still be running are left
 * for the next look (`xid < pg_snapshot_xmin`), so nothing that commits late is skipped.
 */
export async function createLiveHub(options: LiveHubOptions): Promise<LiveHub> {
  const { pool, log } = options;
  const subscribers = new Set<Subscriber>();
  let head = await readHead(pool);
  let running: Promise<void> | null = null;
  let again = false;
  let closed = false;

  const look = async (): Promise<void> => {
    for (;;) {
      const events = await readAfter(pool, head);
      for (const event of events) deliver(subscribers, event);
      const last = events.at(-1);
      if (last !== undefined) head = parseId(last.id) ?? head;
      if (events.length < BATCH && !again) return;
      again = false;
    }
  };
  const wake = (): void => {
    if (closed) return;
    if (running !== null) {
      again = true;
      return;
    }
    running = look()
      .catch((error: unknown) => log.warn({ event: 'live_read_failed', error }))
      .finally(() => {
        running = null;
        if (again) {
          again = false;
          wake();
        }
      });
  };

  const listener = keepListening(options.connectionString, wake, log);
  await listener.opened;
  const poll = setInterval(wake, options.pollMs ?? DEFAULT_POLL_MS);
  const trim = setInterval(() => void trimOld(pool, log), TRIM_EVERY_MS);
  poll.unref();
  trim.unref();

  return {
    subscribe: async (after, onSignal) => {
      const cursor = after === null ? head : parseId(after);
      if (cursor === null || (after !== null && !(await isKnown(pool, cursor)))) {
        // registered at the head first, so that nothing is missed between the reset and what the listener refetches
        const subscriber = { listener: onSignal, cursor: head };
        subscribers.add(subscriber);
        onSignal({ type: 'reset' });
        return () => subscribers.delete(subscriber);
      }
      const subscriber = { listener: onSignal, cursor };
      // what came since the cursor is replayed until the subscriber has caught up with the head; then it joins the fan-out
      // in the same breath, so that no batch falls between
      do {
        for (const event of await readAfter(pool, subscriber.cursor)) deliver([subscriber], event);
      } while (!closed && isAfter(head, subscriber.cursor));
      subscribers.add(subscriber);
      wake();
      return () => subscribers.delete(subscriber);
    },
    latestId: () => Promise.resolve(`${head.xid}-${head.seq}`),
    close: async () => {
      closed = true;
      clearInterval(poll);
      clearInterval(trim);
      subscribers.clear();
      await listener.close();
      if (running !== null) await running;
    },
  };
}

function deliver(subscribers: Iterable<Subscriber>, event: LiveEvent): void {
  const at = parseId(event.id);
  if (at === null) return;
  for (const subscriber of subscribers) {
    if (!isAfter(at, subscriber.cursor)) continue;
    subscriber.cursor = at;
    subscriber.listener({ type: 'event', event });
  }
}

interface LiveRow {
  xid: string;
  seq: number;
  kind: string;
  conversation_id: string | null;
  user_id: string | null;
}

/** With the table's name: `xid` alone would mean the text that is given out, in whose order 100 comes before 99. */
const COMMIT_ORDER = 'live_events.xid, live_events.seq';

async function readAfter(pool: Pool, cursor: Cursor): Promise<readonly LiveEvent[]> {
  const found = await pool.query<LiveRow>({
    name: 'live_read_after',
    text: `select xid::text as xid, seq, kind, conversation_id, user_id from live_events
           where (xid, seq) > ($1::xid8, $2) and xid < pg_snapshot_xmin(pg_current_snapshot())
           order by ${COMMIT_ORDER} limit ${BATCH}`,
    values: [cursor.xid, cursor.seq],
  });
  return found.rows.flatMap((row) => {
    const kind = LIVE_KINDS.find((known) => known === row.kind);
    return kind === undefined
      ? []
      : [{ id: `${row.xid}-${row.seq}`, kind, conversationId: row.conversation_id, userId: row.user_id }];
  });
}

/** The newest event visible to everyone, or the beginning of time. */
async function readHead(pool: Pool): Promise<Cursor> {
  const found = await pool.query<{ xid: string; seq: number }>(
    `select xid::text as xid, seq from live_events where xid < pg_snapshot_xmin(pg_current_snapshot())
     order by live_events.xid desc, live_events.seq desc limit 1`,
  );
  return found.rows[0] ?? { xid: '0', seq: 0 };
}

/** False when the event was trimmed: what followed it may be gone as well. */
async function isKnown(pool: Pool, cursor: Cursor): Promise<boolean> {
  if (cursor.xid === '0') return (await pool.query('select from live_events limit 1')).rowCount === 0;
  const found = await pool.query('select from live_events where xid = $1::xid8 and seq = $2', [
    cursor.xid,
    cursor.seq,
  ]);
  return found.rowCount === 1;
}

async function trimOld(pool: Pool, log: Log): Promise<void> {
  try {
    await pool.query(`delete from live_events where created_at < now() - interval '${KEEP_HOURS} hours'`);
  } catch (error) {
    log.warn({ event: 'live_trim_failed', error });
  }
}

/** Holds one LISTEN connection and makes a new one when it breaks; a missed notification costs at most one poll. */
function keepListening(
  connectionString: string,
  onNotification: () => void,
  log: Log,
): { opened: Promise<void>; close: () => Promise<void> } {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  const open = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString,
      application_name: 'hoi-truoc-live',
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    });
    fresh.on('notification', onNotification);
    fresh.on('error', () => undefined);
    fresh.on('end', () => {
      if (client === fresh) client = null;
      reopen();
    });
    try {
      await fresh.connect();
      await fresh.query(`listen ${LIVE_CHANNEL}`);
      if (closed) {
        await fresh.end();
        return;
      }
      client = fresh;
      onNotification();
    } catch (error) {
      log.warn({ event: 'live_listen_failed', error });
      await fresh.end().catch(() => undefined);
      reopen();
    }
  };
  const reopen = (): void => {
    if (closed || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      void open();
    }, RECONNECT_MS);
    timer.unref();
  };
  const opening = open();
  return {
    opened: opening,
    close: async () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await opening;
      await client?.end();
    },
  };
}

function parseId(id: string): Cursor | null {
  const match = /^(\d{1,20})-(\d{1,15})$/.exec(id);
  return match?.[1] === undefined || match[2] === undefined ? null : { xid: match[1], seq: Number(match[2]) };
}

function isAfter(one: Cursor | null, other: Cursor): boolean {
  if (one === null) return false;
  if (one.xid === other.xid) return one.seq > other.seq;
  return BigInt(one.xid) > BigInt(other.xid);
}
