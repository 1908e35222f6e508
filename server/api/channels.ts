/** The channels: what is wrong at each account, how long it is silent, what is left of its quota. Nothing about a person. */
import type { ChannelView } from '../ports.ts';
import { ChannelsSchema, EmptySchema } from './contract.ts';
import type { Channel } from './contract.ts';
import { done, readRoute } from './route.ts';
import type { Route } from './route.ts';

export const channelRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/channels',
    permission: 'account',
    summary: 'Every account of every channel with its health. Nothing about a person.',
    params: EmptySchema,
    body: EmptySchema,
    output: ChannelsSchema,
    handle: async ({ db, tools }) => {
      const channels = await tools.listChannels(db);
      return done({ now: tools.clock.now().toISOString(), channels: channels.map(describe) });
    },
  }),
];

function describe({
  alarmSince,
  checkedAt,
  tokenAt,
  lastHookAt,
  normalUntil,
  ...view
}: ChannelView): Channel {
  const write = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    ...view,
    alarmSince: write(alarmSince),
    checkedAt: write(checkedAt),
    tokenAt: write(tokenAt),
    lastHookAt: write(lastHookAt),
    normalUntil: write(normalUntil),
  };
}
