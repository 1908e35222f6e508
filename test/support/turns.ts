/** Builders for tests of the life of a message: a clock one sets, a fake bot, a fake channel, an instance over a real database. */
import { z } from 'zod';
import type { BotEvent, Session, Turn, TurnInput, World } from '../../bot/index.ts';
import { type Assets, startSession } from '../../bot/index.ts';
import {
  type Adapter,
  type ChannelName,
  type InboundEvent,
  type OutboundMessage,
  type SendContext,
  type SendResult,
  WRITTEN_EVENT,
} from '../../server/channels/adapter.ts';
import type { ChannelRules } from '../../server/channels/rules.ts';
import type { Quota } from '../../server/channels/windows.ts';
import { newUuid } from '../../server/ids.ts';
import type { Log, LogEntry } from '../../server/log.ts';
import type { Clock, Inbox, Vault } from '../../server/ports.ts';
import { createFreshEvents } from '../../server/turns/fresh-events.ts';
import { createInbox } from '../../server/turns/inbox.ts';
import { createSender, type Sender } from '../../server/turns/outbox.ts';
import type { StartTimer } from '../../server/turns/patience.ts';
import { createRunner, type Runner, type RunnerDeps } from '../../server/turns/run.ts';
import { createVault } from '../../server/vault.ts';
import type { TestDatabase } from './postgres.ts';
import { rules } from './rules.ts';

export interface SetClock extends Clock {
  advance: (ms: number) => void;
}

export function fakeClock(start = '2026-11-20T08:00:00.000Z'): SetClock {
  let at = new Date(start).getTime();
  return {
    now: () => new Date(at),
    advance: (ms) => {
      at += ms;
    },
  };
}

export function testVault(): Vault {
  return createVault([
    {
      id: 'test',
      key: Buffer.from('0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0', 'hex'),
    },
  ]);
}

export interface Told {
  log: Log;
  entries: LogEntry[];
}

export function listeningLog(): Told {
  const entries: LogEntry[] = [];
  const add = (entry: LogEntry): void => {
    entries.push(entry);
  };
  return { log: { debug: () => undefined, info: add, warn: add, error: add }, entries };
}

export interface SentMessage {
  to: string;
  text: string;
  context: Pick<SendContext, 'idempotencyKey' | 'skipParts' | 'outsideWindow'>;
}

export interface FakeChannel {
  adapter: Adapter;
  sent: SentMessage[];
  /** answers given next, oldest first; afterwards everything is accepted */
  answers: (SendResult | 'hang')[];
}

export function fakeChannel(
  channel: ChannelName = 'telegram',
  windowHours: number | null = null,
): FakeChannel {
  const sent: SentMessage[] = [];
  const answers: (SendResult | 'hang')[] = [];
  const send = (
    to: { conversationId: string },
    message: OutboundMessage,
    context: SendContext,
  ): Promise<SendResult> => {
    const answer = answers.shift() ?? { ok: true, platformIds: [`p${sent.length + 1}`] };
    if (answer === 'hang') return new Promise(() => undefined);
    if (answer.ok)
      sent.push({
        to: to.conversationId,
        text: message.text,
        context: {
          idempotencyKey: context.idempotencyKey,
          skipParts: context.skipParts,
          ...(context.outsideWindow === true && { outsideWindow: true }),
        },
      });
    return Promise.resolve(answer);
  };
  const adapter: Adapter = {
    channel,
    account: 'default',
    capabilities: {
      maxTextUtf16: 2000,
      choices: 'typed',
      maxChoices: 10,
      maxChoiceLabelUtf16: 40,
      maxChoicePayloadBytes: 64,
      audio: false,
      locationRequest: false,
      typing: false,
      windowHours,
    },
    verify: () => 'ok',
    parse: () => ({ kind: 'events', events: [] }),
    send,
    health: () => Promise.resolve({ ok: true, code: 'ok' }),
    secrets: [],
  };
  return { adapter, sent, answers };
}

let counter = 0;

/** A private message of somebody; every call is another message. */
export function message(from: string, text: string, over: Partial<InboundEvent> = {}): InboundEvent {
  counter += 1;
  return {
    ...WRITTEN_EVENT,
    dedupeKey: `telegram:${counter}`,
    conversationId: from,
    senderId: from,
    receivedAt: new Date('2026-11-20T08:00:00.000Z'),
    text,
    ...over,
  };
}

/** Says back what it heard and counts in the session; words in capitals make it do other things. */
export function echoTurn(_assets: Assets, session: Session, input: TurnInput, world: World): Turn {
  const heard = input.kind === 'text' ? input.text : input.kind;
  if (heard === 'THROW') throw new Error('a mistake of ours');
  const turns = Number(session.slots['turns'] ?? 0) + 1;
  const next: Session = { ...session, slots: { ...session.slots, turns } };
  const events: BotEvent[] = [];
  const say = (text: string): void => {
    events.push({
      type: 'message_created',
      id: world.newId(),
      key: 'echo',
      text,
      choices: [],
      language: session.language,
    });
  };
  if (!world.muted) say(`${turns}:${heard}`);
  if (heard === 'TWICE') say(`${turns}:again`);
  if (heard === 'DANGER') {
    next.risk = 'high';
    next.recent = [{ at: world.now.toISOString(), text: heard }];
    const reasons = [
      {
        rule: 'test',
        level: 'high' as const,
        category: 'trapped',
        reasonKey: 'danger.test',
        textIndex: 0,
        span: { start: 0, end: 6 },
      },
    ];
    events.push({ type: 'danger_raised', level: 'high', reasons, minor: false });
    events.push({ type: 'handover_requested', id: world.newId(), level: 'high', cause: 'danger', reasons });
  }
  if (heard === 'ERASE') events.push({ type: 'erase_requested' });
  return { session: heard === 'ERASE' ? startSession('vi') : next, events };
}

/** one word betrays, so that tests can write with and without it */
export const findBetrayal = (_language: string, text: string): string | null =>
  /buôn người/.exec(text)?.[0] ?? null;

/** The fake bot reads no assets. */
export const NO_ASSETS: Assets = z.custom<Assets>().parse({});

export interface Instance {
  inbox: Inbox;
  runner: Runner;
  sender: Sender;
  instanceId: string;
  told: Told;
  /** takes every turn that waits and sends everything that came of it */
  work: () => Promise<void>;
}

export interface InstanceOptions {
  /** ids of conversations, messages and so on; random unless told */
  newId?: () => string;
  clock?: Clock;
  channels?: readonly FakeChannel[];
  takeTurn?: typeof echoTurn;
  /** for the real engine; the fake bot reads none */
  assets?: Assets;
  vault?: Vault;
  rules?: ChannelRules;
  quotaOf?: (channel: string, account: string) => Quota | null;
  onCharged?: (channel: string, account: string, count: number) => void;
  /** false: what is written is not handed to the sender, as if the process died after commit */
  sends?: boolean;
  onUnheard?: (unheard: readonly { conversationId: string; text: string }[]) => void;
  onDanger?: (conversationIds: readonly string[]) => void;
  /** who is on duty and what is planned; nobody and nothing unless told */
  duty?: Pick<RunnerDeps, 'isStaffed' | 'plannedShifts'>;
  /** how the sender waits; `setTimeout` unless told */
  startTimer?: StartTimer;
}

/** One server process' worth of inbox, workers and sender. */
export function startInstance(database: TestDatabase, options: InstanceOptions = {}): Instance {
  const clock = options.clock ?? fakeClock();
  const vault = options.vault ?? testVault();
  const told = listeningLog();
  const instanceId = newUuid();
  const shared = {
    pool: database.pool,
    transact: database.transact,
    vault,
    clock,
    newId: options.newId ?? (() => newUuid()),
    log: told.log,
    instanceId,
    fresh: createFreshEvents(),
  };
  const channels = options.channels ?? [fakeChannel()];
  const sender = createSender({
    ...shared,
    findAdapter: (channel) => channels.find(({ adapter }) => adapter.channel === channel)?.adapter ?? null,
    rules: options.rules ?? rules,
    quotaOf: options.quotaOf ?? (() => null),
    findBetrayal,
    ...(options.onCharged && { onCharged: options.onCharged }),
    ...(options.startTimer && { startTimer: options.startTimer }),
    random: () => 0,
    onRecorded: () => undefined,
  });
  const runner = createRunner({
    ...shared,
    rules: options.rules ?? rules,
    assets: () => options.assets ?? NO_ASSETS,
    takeTurn: options.takeTurn ?? echoTurn,
    safeMessage: (language) => ({ key: 'safe', text: 'safe: 111', choices: [], language }),
    isStaffed: () => false,
    ...options.duty,
    canOf: () => ({ audio: false, buttons: true, location: false }),
    onQueued: (rows, heads) => {
      if (options.sends !== false) sender.take(rows, heads);
    },
    onCommitted: () => undefined,
    ...(options.onUnheard && { onUnheard: options.onUnheard }),
    ...(options.onDanger && { onDanger: options.onDanger }),
  });
  const inbox = createInbox({ ...shared, languages: () => ['vi', 'en'], onStored: () => undefined });
  const work = async (): Promise<void> => {
    while ((await runner.runOnce()) > 0);
    await sender.settle();
  };
  return { inbox, runner, sender, instanceId, told, work };
}
