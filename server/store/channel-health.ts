/** Health of channel accounts: counts in steps of ten minutes, and one row per account that every instance reads. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';

export interface AccountKey {
  channel: string;
  account: string;
}

export interface Activity extends AccountKey {
  hooks: number;
  sent: number;
  failed: number;
  lastHookAt: Date | null;
}

export interface HealthRow extends AccountKey {
  firstSeenAt: Date;
  lastHookAt: Date | null;
  checkedAt: Date | null;
  ok: boolean | null;
  code: string | null;
  tokenAt: Date | null;
  quotaLimit: number | null;
  quotaUsed: number | null;
  quotaOurs: number | null;
  alarm: string | null;
  alarmAt: Date | null;
}

const STEP = "interval '10 minutes'";
/** a little longer than what is learnt from */
const KEEP = "interval '35 days'";

export async function addActivity(db: Db, rows: readonly Activity[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  // sorted, so that two instances never wait in a circle
  const sorted = [...rows].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  await db.query(
    `insert into channel_activity as a (channel, account, at, hooks, sent, failed)
     select channel, account, date_bin(${STEP}, $6::timestamptz, timestamptz '2020-01-01'), hooks, sent, failed
     from unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[]) as d(channel, account, hooks, sent, failed)
     on conflict (channel, account, at) do update
       set hooks = a.hooks + excluded.hooks, sent = a.sent + excluded.sent, failed = a.failed + excluded.failed`,
    [
      sorted.map((row) => row.channel),
      sorted.map((row) => row.account),
      sorted.map((row) => row.hooks),
      sorted.map((row) => row.sent),
      sorted.map((row) => row.failed),
      now,
    ],
  );
  const heard = sorted.filter((row) => row.lastHookAt !== null);
  if (heard.length === 0) return;
  await db.query(
    `update channel_health h set last_hook_at = greatest(h.last_hook_at, d.at)
     from unnest($1::text[], $2::text[], $3::timestamptz[]) as d(channel, account, at)
     where h.channel = d.channel and h.account = d.account`,
    [heard.map((row) => row.channel), heard.map((row) => row.account), heard.map((row) => row.lastHookAt)],
  );
}

export async function trimActivity(db: Db, now: Date): Promise<void> {
  await db.query(`delete from channel_activity where at < $1::timestamptz - ${KEEP}`, [now]);
}

/** Every configured account has a row, from the first start on. */
export async function seeAccounts(db: Db, accounts: readonly AccountKey[], now: Date): Promise<void> {
  await db.query(
    `insert into channel_health (channel, account, first_seen_at) select channel, account, $3
     from unnest($1::text[], $2::text[]) as d(channel, account) on conflict do nothing`,
    [accounts.map(({ channel }) => channel), accounts.map(({ account }) => account), now],
  );
}

/** @returns true for one instance only: it asks the platform, the others read what it found */
export async function claimCheck(
  db: Db,
  { channel, account }: AccountKey,
  now: Date,
  everyMs: number,
): Promise<boolean> {
  const claimed = await db.query(
    `update channel_health set checked_at = $3 where channel = $1 and account = $2
     and (checked_at is null or checked_at <= $3::timestamptz - make_interval(secs => $4))`,
    [channel, account, now, everyMs / 1000],
  );
  return claimed.rowCount === 1;
}

export interface Checked extends AccountKey {
  ok: boolean;
  code: string;
  tokenAt: Date | null;
  quotaLimit: number | null;
  quotaUsed: number | null;
  quotaOurs: number | null;
}

export async function writeChecked(db: Db, checked: Checked): Promise<void> {
  await db.query(
    `update channel_health set ok = $3, code = $4, token_at = $5, quota_limit = $6, quota_used = $7,
       quota_ours = $8
     where channel = $1 and account = $2`,
    [
      ...[checked.channel, checked.account, checked.ok, checked.code],
      ...[checked.tokenAt, checked.quotaLimit, checked.quotaUsed, checked.quotaOurs],
    ],
  );
}

/** @returns false when it was so already, told by this instance or another */
export async function writeAlarm(
  client: PoolClient,
  { channel, account }: AccountKey,
  alarm: string | null,
  now: Date,
): Promise<boolean> {
  const changed = await client.query(
    `update channel_health set alarm = $3, alarm_at = case when $3::text is null then null else $4::timestamptz end
     where channel = $1 and account = $2 and alarm is distinct from $3`,
    [channel, account, alarm, now],
  );
  return changed.rowCount === 1;
}

export async function listHealth(db: Db): Promise<readonly HealthRow[]> {
  const found = await db.query<HealthRow>(
    `select channel, account, first_seen_at as "firstSeenAt", last_hook_at as "lastHookAt", checked_at as "checkedAt", ok, code,
       token_at as "tokenAt", quota_limit as "quotaLimit", quota_used as "quotaUsed", quota_ours as "quotaOurs",
       alarm, alarm_at as "alarmAt"
     from channel_health order by channel, account`,
  );
  return found.rows;
}

export interface HourRow extends AccountKey {
  at: Date;
  hooks: number;
}

/** Hours in which a webhook came, of the last weeks. */
export async function listHours(db: Db, now: Date, days: number): Promise<readonly HourRow[]> {
  const found = await db.query<HourRow>(
    `select channel, account, date_trunc('hour', at, 'UTC') as at, sum(hooks)::int as hooks from channel_activity
     where at > $1::timestamptz - make_interval(days => $2) group by 1, 2, 3 having sum(hooks) > 0`,
    [now, days],
  );
  return found.rows;
}

export interface SentRow extends AccountKey {
  sent: number;
  failed: number;
}

/** What was sent and what failed in the last hour. */
export async function listSentLately(db: Db, now: Date): Promise<readonly SentRow[]> {
  const found = await db.query<SentRow>(
    `select channel, account, sum(sent)::int as sent, sum(failed)::int as failed from channel_activity
     where at > $1::timestamptz - interval '1 hour' and at <= $1 group by 1, 2`,
    [now],
  );
  return found.rows;
}

export function nameOf({ channel, account }: AccountKey): string {
  return `${channel}/${account}`;
}
