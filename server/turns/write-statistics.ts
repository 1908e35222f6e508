/** Adds what was counted in a batch of turns to the figures of the day. */
import { randomInt } from 'node:crypto';
import type { PoolClient } from 'pg';
import { vietnamDay } from '../vietnam-day.ts';
import type { Draft } from './draft.ts';

const STATISTICS_SHARDS = 16;

export async function writeStatistics(
  client: PoolClient,
  drafts: readonly Draft[],
  now: Date,
): Promise<void> {
  const sums = new Map<string, number>();
  for (const draft of drafts) {
    for (const [key, times] of draft.counts) {
      const name = `${draft.loaded.channel}|${key}`;
      sums.set(name, (sums.get(name) ?? 0) + times);
    }
  }
  if (sums.size === 0) return;
  // sorted, so that two workers on one shard never wait in a circle
  const rows = [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, times]) => ({ parts: name.split('|'), times }));
  await client.query({
    name: 'write_statistics',
    text: `insert into statistics as s (day, shard, channel, metric, label, count)
      select $5::date, $6, channel, metric, label, times
      from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as a(channel, metric, label, times)
      on conflict (day, channel, metric, label, shard) do update set count = s.count + excluded.count`,
    values: [
      rows.map((row) => row.parts[0]),
      rows.map((row) => row.parts[1]),
      rows.map((row) => row.parts.slice(2).join('|')),
      rows.map((row) => row.times),
      vietnamDay(now),
      randomInt(STATISTICS_SHARDS),
    ],
  });
}
