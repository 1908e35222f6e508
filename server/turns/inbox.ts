/** Takes what platforms deliver: stores it once, durably, and lets concurrent deliveries share one commit. */
import { setImmediate as nextBreath } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { InboundEvent } from '../channels/adapter.ts';
import { AppError, isDatabaseAway } from '../errors.ts';
import type { Clock, Inbox, Transact, Vault } from '../ports.ts';
import { toByteaArray } from '../store/bytea.ts';
import {
  type ContactAddress,
  type ConversationKey,
  createConversations,
  findConversationKeys,
  hashPlatformId,
} from '../store/contacts.ts';
import type { FreshEvents } from './fresh-events.ts';
import { isKept, mayBegin } from './map-event.ts';
import { placeEvent } from '../store/places.ts';

export interface InboxDeps {
  pool: Pool;
  transact: Transact;
  vault: Vault;
  fresh: FreshEvents;
  clock: Clock;
  newId: () => string;
  /** languages a new conversation may begin in; the first is the default */
  languages: () => readonly string[];
  /** called after each commit that stored something */
  onStored: () => void;
}

/** Events of one commit. More only makes the first of them wait. */
const MAX_FLUSH_EVENTS = 256;
/** Remembered conversations; about 300 bytes each. */
const MAX_REMEMBERED = 20_000;

interface Arrival {
  address: Address;
  event: InboundEvent;
}

type Address = Omit<ContactAddress, 'hash'>;

interface Call {
  arrivals: readonly Arrival[];
  settle: (error: unknown, stored: number) => void;
}

export function createInbox(deps: InboxDeps): Inbox {
  const remembered = new Map<string, ConversationKey>();
  let waiting: Call[] = [];
  let isFlushing = false;

  async function flush(): Promise<void> {
    if (isFlushing) return;
    isFlushing = true;
    while (waiting.length > 0) {
      // what arrived in the same breath of the event loop is read first and joins; this waits for no clock
      await nextBreath();
      const calls = takeCalls(waiting);
      waiting = waiting.slice(calls.length);
      try {
        const stored = await store(calls);
        if (stored.size > 0) deps.onStored();
        for (const call of calls) call.settle(null, countStored(call, stored));
      } catch (error) {
        for (const call of calls) call.settle(error, 0);
      }
    }
    isFlushing = false;
  }

  /** @returns dedupe keys stored now */
  async function store(calls: readonly Call[]): Promise<Set<string>> {
    const arrivals = dedupe(calls.flatMap((call) => call.arrivals));
    try {
      return await insert(arrivals, await resolve(arrivals));
    } catch (error) {
      // a remembered conversation was erased meanwhile: forget and look again, once
      if (!isForeignKeyViolation(error)) throw error;
      for (const { address } of arrivals) remembered.delete(nameOf(address));
      return insert(arrivals, await resolve(arrivals));
    }
  }

  async function resolve(arrivals: readonly Arrival[]): Promise<Map<string, ConversationKey>> {
    const known = new Map<string, ConversationKey>();
    const unseen = new Map<string, ContactAddress>();
    for (const { address } of arrivals) {
      const name = nameOf(address);
      const key = remembered.get(name);
      if (key !== undefined) known.set(name, key);
      else if (!unseen.has(name)) unseen.set(name, withHash(deps.vault, address));
    }
    const recall = async (): Promise<ContactAddress[]> => {
      if (unseen.size === 0) return [];
      const found = await findConversationKeys(deps.pool, [...unseen.values()]);
      for (const [name, { hash }] of unseen) {
        const key = found.get(hash.toString('base64'));
        if (key === undefined) continue;
        known.set(name, key);
        unseen.delete(name);
      }
      return [...unseen.values()];
    };
    const beginning = new Set(
      arrivals.filter(({ event }) => mayBegin(event)).map(({ address }) => nameOf(address)),
    );
    const unknown = (await recall()).filter((address) => beginning.has(nameOf(address)));
    if (unknown.length > 0) {
      await createConversations({ ...deps, now: deps.clock.now() }, unknown);
      if ((await recall()).some((address) => beginning.has(nameOf(address))))
        throw new Error('a conversation was created and not found');
    }
    for (const [name, key] of known) remember(remembered, name, key);
    return known;
  }

  async function insert(
    arrivals: readonly Arrival[],
    keys: Map<string, ConversationKey>,
  ): Promise<Set<string>> {
    const rows = arrivals.flatMap(({ address, event }) => {
      const key = keys.get(nameOf(address));
      // it follows on something we do not have (any more)
      if (key === undefined) return [];
      const sealed = deps.vault.seal(key.keyWrapped, placeEvent(event.dedupeKey, key.conversationId), event);
      return {
        dedupeKey: event.dedupeKey,
        conversationId: key.conversationId,
        receivedAt: event.receivedAt,
        sealed,
      };
    });
    if (rows.length === 0) return new Set();
    const result = await deps.pool.query<{ dedupe_key: string }>({
      name: 'insert_inbox',
      text: `with arrived as materialized (
          select nextval('inbox_ids') as id, a.* from unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::bytea[])
            as a(dedupe_key, conversation_id, received_at, event_enc))
        insert into inbox (id, dedupe_key, conversation_id, received_at, event_enc)
        select id, dedupe_key, conversation_id, received_at, event_enc from arrived order by dedupe_key
        on conflict (dedupe_key) do nothing returning dedupe_key`,
      values: [
        rows.map((row) => row.dedupeKey),
        rows.map((row) => row.conversationId),
        rows.map((row) => row.receivedAt),
        toByteaArray(rows.map((row) => row.sealed)),
      ],
    });
    const stored = new Set(result.rows.map((row) => row.dedupe_key));
    const now = deps.clock.now();
    for (const { event } of arrivals) if (stored.has(event.dedupeKey)) deps.fresh.keep(event, now);
    return stored;
  }

  return {
    accept: async (channel, account, events) => {
      const arrivals = events
        .filter(isKept)
        .map((event) => ({ address: addressOf(deps, channel, account, event), event }));
      if (arrivals.length === 0) return { stored: 0, known: 0 };
      return new Promise((resolvePromise, reject) => {
        waiting.push({
          arrivals,
          settle: (error, stored) => {
            if (error === null) resolvePromise({ stored, known: arrivals.length - stored });
            else
              reject(
                isDatabaseAway(error)
                  ? new AppError('database_unavailable', null, { cause: error })
                  : asError(error),
              );
          },
        });
        void flush();
      });
    },
  };
}

function addressOf(deps: InboxDeps, channel: string, account: string, event: InboundEvent): Address {
  const hint = event.languageHint?.toLowerCase() ?? '';
  const languages = deps.languages();
  const language =
    languages.find((tag) => tag.toLowerCase() === hint) ??
    languages.find((tag) => tag === hint.split('-')[0]) ??
    languages[0] ??
    'vi';
  return { channel, account, platformId: event.conversationId, language };
}

/** Only for who is not remembered: it costs as much as sealing. */
function withHash(vault: Vault, address: Address): ContactAddress {
  const { channel, account, platformId } = address;
  return { ...address, hash: hashPlatformId(vault, channel, account, platformId) };
}

function nameOf({ channel, account, platformId }: Address): string {
  return `${channel}|${account}|${platformId}`;
}

function takeCalls(waiting: readonly Call[]): Call[] {
  let events = 0;
  const end = waiting.findIndex((call) => (events += call.arrivals.length) > MAX_FLUSH_EVENTS);
  return waiting.slice(0, end === -1 ? waiting.length : Math.max(1, end));
}

/** One statement cannot insert the same key twice; the first delivery counts. */
function dedupe(arrivals: readonly Arrival[]): Arrival[] {
  const first = new Map<string, Arrival>();
  for (const arrival of arrivals)
    if (!first.has(arrival.event.dedupeKey)) first.set(arrival.event.dedupeKey, arrival);
  return [...first.values()];
}

/** The same key twice in one commit: only one caller is told "stored". */
function countStored(call: Call, stored: Set<string>): number {
  return call.arrivals.filter((arrival) => stored.delete(arrival.event.dedupeKey)).length;
}

function remember(remembered: Map<string, ConversationKey>, name: string, key: ConversationKey): void {
  remembered.delete(name);
  remembered.set(name, key);
  const oldest = remembered.keys().next();
  if (remembered.size > MAX_REMEMBERED && oldest.done !== true) remembered.delete(oldest.value);
}

function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23503';
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('inbox failed');
}
