/** Watches the accounts: counts what comes and goes, asks the platforms now and then, keeps the quota, raises alarms. */
import type { Pool } from 'pg';
import type { Adapter } from './channels/adapter.ts';
import { findAlarm, findNormalUntil, LEARNT_FROM_DAYS } from './channels/health.ts';
import { type ChannelRules, listExpired, ruleOf } from './channels/rules.ts';
import { monthOf, type Quota } from './channels/windows.ts';
import { announce } from './live.ts';
import type { Log } from './log.ts';
import type { ChannelView, Clock, Db, Transact } from './ports.ts';
import {
  type AccountKey,
  type Activity,
  addActivity,
  claimCheck,
  type HealthRow,
  listHealth,
  listHours,
  listSentLately,
  nameOf,
  seeAccounts,
  trimActivity,
  writeAlarm,
  writeChecked,
} from './store/channel-health.ts';
import { addUsage, listUsage } from './store/sending.ts';

export interface ChannelWatchDeps {
  pool: Pool;
  transact: Transact;
  clock: Clock;
  log: Log;
  adapters: readonly Adapter[];
  rules: ChannelRules;
  /** gets the newest view of every account, for the figures */
  onView?: (views: readonly ChannelView[]) => void;
}

export interface ChannelWatch {
  countHook: (channel: string, account: string) => void;
  /** `outcome` as the sender counts them: sent, suppressed, later, or a class of failure */
  countSent: (channel: string, account: string, outcome: string) => void;
  charge: (channel: string, account: string, count: number) => void;
  quotaOf: (channel: string, account: string) => Quota | null;
  list: (db: Db) => Promise<readonly ChannelView[]>;
  /** one round: writes the counts, asks platforms when it is time, raises and lifts alarms */
  look: () => Promise<void>;
}

/** One instance asks each platform this often. */
const CHECK_EVERY_MS = 5 * 60_000;
/** neither sent nor failed: it was held back, or goes out later */
const NO_OUTCOME = new Set(['suppressed', 'later']);

export function createChannelWatch(deps: ChannelWatchDeps): ChannelWatch {
  const { pool, clock, rules } = deps;
  // the web page is our own: nothing can fall silent there without people
  const watched = deps.adapters.filter(({ channel }) => channel !== 'web');
  let tally = new Map<string, Activity>();
  let charges = new Map<string, AccountKey & { month: string; sent: number }>();
  const quotas = new Map<string, Quota>();

  function entryOf(channel: string, account: string): Activity {
    const name = nameOf({ channel, account });
    const entry = tally.get(name) ?? { channel, account, hooks: 0, sent: 0, failed: 0, lastHookAt: null };
    tally.set(name, entry);
    return entry;
  }

  async function flush(now: Date): Promise<void> {
    const [counted, charged] = [[...tally.values()], [...charges.values()]];
    tally = new Map();
    charges = new Map();
    await addActivity(pool, counted, now);
    await addUsage(pool, charged).catch((error: unknown) => {
      // a figure that is too low would let us write more than we may
      for (const { sent, ...one } of charged) {
        const key = `${nameOf(one)} ${one.month}`;
        charges.set(key, { ...one, sent: sent + (charges.get(key)?.sent ?? 0) });
      }
      throw error;
    });
  }

  async function check(adapter: Adapter, now: Date): Promise<void> {
    if (!(await claimCheck(pool, adapter, now, CHECK_EVERY_MS))) return;
    // read before the platform is asked: what goes out meanwhile is counted twice rather than not at all
    const ours = countOurs(adapter, await listUsage(pool), rules, now);
    const { ok, code, tokenAt, quota } = await adapter
      .health()
      .catch(() => ({ ok: false, code: 'health_threw', tokenAt: undefined, quota: undefined }));
    await writeChecked(pool, {
      ...{ channel: adapter.channel, account: adapter.account, ok, code },
      tokenAt: tokenAt ?? null,
      quotaLimit: quota?.limit ?? null,
      quotaUsed: quota?.used ?? null,
      quotaOurs: ours,
    });
  }

  async function list(db: Db): Promise<readonly ChannelView[]> {
    const now = clock.now();
    const [rows, hours, lately, usage] = [
      await listHealth(db),
      await listHours(db, now, LEARNT_FROM_DAYS),
      await listSentLately(db, now),
      await listUsage(db),
    ];
    const expired = listExpired(rules, now);
    return rows
      .filter((row) => watched.some((adapter) => nameOf(adapter) === nameOf(row)))
      .map((row) => {
        const name = nameOf(row);
        const sent = lately.find((one) => nameOf(one) === name);
        const { channel, account, alarm, checkedAt, ok, code, tokenAt, lastHookAt, firstSeenAt } = row;
        return {
          ...{ channel, account, alarm, checkedAt, ok, code, tokenAt, lastHookAt },
          alarmSince: row.alarmAt,
          normalUntil: findNormalUntil({
            ...{ firstSeenAt, lastHookAt, now },
            hours: hours.filter((one) => nameOf(one) === name),
          }),
          sent: sent?.sent ?? 0,
          failed: sent?.failed ?? 0,
          quota: readQuota(row, usage, rules, now),
          ruleExpired: expired.some((one) => one === channel),
        };
      });
  }

  async function judge(view: ChannelView, now: Date): Promise<string | null> {
    const alarm = findAlarm({ code: view.code, normalUntil: view.normalUntil, now });
    if (alarm === view.alarm) return alarm;
    const isNew = await deps.transact(async (client) => {
      if (!(await writeAlarm(client, view, alarm, now))) return false;
      await announce(client, [{ kind: 'channels_changed', conversationId: null, userId: null }]);
      return true;
    });
    const { channel, account } = view;
    if (isNew && alarm !== null) deps.log.error({ event: 'channel_alarm', channel, account, code: alarm });
    if (isNew && alarm === null) deps.log.info({ event: 'channel_alarm_over', channel, account });
    return alarm;
  }

  return {
    countHook: (channel, account) => {
      const entry = entryOf(channel, account);
      entry.hooks += 1;
      entry.lastHookAt = clock.now();
    },
    countSent: (channel, account, outcome) => {
      if (NO_OUTCOME.has(outcome)) return;
      const entry = entryOf(channel, account);
      if (outcome === 'sent') entry.sent += 1;
      else entry.failed += 1;
    },
    charge: (channel, account, count) => {
      const zone = ruleOf(rules, channel).quota?.zone;
      if (zone === undefined) return;
      const name = nameOf({ channel, account });
      const month = monthOf(clock.now(), zone);
      const key = `${name} ${month}`;
      const before = charges.get(key)?.sent ?? 0;
      charges.set(key, { channel, account, month, sent: before + count });
      // at once, so that the next message of this instance already knows
      const quota = quotas.get(name);
      if (quota !== undefined) quotas.set(name, { ...quota, used: quota.used + count });
    },
    quotaOf: (channel, account) => quotas.get(nameOf({ channel, account })) ?? null,
    list,
    look: async () => {
      const now = clock.now();
      await seeAccounts(pool, watched, now);
      await flush(now);
      await Promise.all(watched.map((adapter) => check(adapter, now)));
      const views = await list(pool);
      for (const view of views) if (view.quota !== null) quotas.set(nameOf(view), view.quota);
      const judged: ChannelView[] = [];
      for (const view of views) judged.push({ ...view, alarm: await judge(view, now) });
      deps.onView?.(judged);
      await trimActivity(pool, now);
    },
  };
}

type UsageRow = AccountKey & { month: string; sent: number };

function countOurs(key: AccountKey, usage: readonly UsageRow[], rules: ChannelRules, now: Date): number {
  const zone = ruleOf(rules, key.channel).quota?.zone;
  if (zone === undefined) return 0;
  const month = monthOf(now, zone);
  return usage.find((one) => nameOf(one) === nameOf(key) && one.month === month)?.sent ?? 0;
}

/** The platform's figure also knows what was sent elsewhere; what we sent since it was asked comes on top. */
function readQuota(row: HealthRow, usage: readonly UsageRow[], rules: ChannelRules, now: Date): Quota | null {
  const zone = ruleOf(rules, row.channel).quota?.zone;
  if (zone === undefined || row.checkedAt === null) return null;
  const ours = countOurs(row, usage, rules, now);
  // a figure of last month says nothing about this one
  const isOfMonth = monthOf(row.checkedAt, zone) === monthOf(now, zone);
  const told = isOfMonth ? (row.quotaUsed ?? 0) + ours - (row.quotaOurs ?? 0) : 0;
  return { limit: row.quotaLimit, used: Math.max(ours, told) };
}
