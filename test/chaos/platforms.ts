/** The four platforms of a run: what they are connected by, what a person's message looks like, what each person was shown. */
import type { ChannelName } from '../../server/channels/adapter.ts';
import { startPlatforms } from '../support/platforms/platforms.ts';
import { EVENTS } from '../support/platforms/webhook-sender.ts';
import type { Shown } from './check.ts';

export interface WebhookPost {
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export type PlatformName = Exclude<ChannelName, 'web'>;

export interface Platforms {
  platformPort: number;
  /** environment of a server that reaches the platforms through another port */
  environmentFor: (port: number) => Readonly<Record<string, string>>;
  /** tells whose connection comes from that port */
  onLine: (instance: string, port: number) => void;
  /** a new message of that person, as their platform delivers it; delivering it twice is the same message */
  writeText: (channel: PlatformName, person: string, text: string) => WebhookPost;
  shownTo: (channel: PlatformName, person: string) => readonly Shown[];
  /** calls that broke a contract since the last time */
  takeContractFaults: () => readonly string[];
  /** what was shown is checked and not needed any more */
  forget: () => void;
  close: () => Promise<void>;
}

export async function startChaosPlatforms(): Promise<Platforms> {
  const platforms = await startPlatforms();
  platforms.line.setAccount({ quota: { type: 'none' } });
  const ownPort = Number(new URL(platforms.base('line')).port);
  // ports are used again: whose it was is a question of when
  const lines: { instance: string; port: number; since: number }[] = [];
  const whose = (port: number, at: number): string =>
    lines.findLast((line) => line.port === port && line.since <= at)?.instance ?? '';
  const state = { serial: 0, faultsTaken: 0 };

  return {
    platformPort: ownPort,
    onLine: (instance, port) => void lines.push({ instance, port, since: Date.now() }),
    environmentFor: (port) =>
      Object.fromEntries(
        Object.entries(platforms.env()).map(([name, value]) => [
          name,
          value.replace(`:${ownPort}/`, `:${port}/`),
        ]),
      ),
    writeText: (channel, person, text) => {
      state.serial += 1;
      const { build, pack, sign } = EVENTS[channel];
      const [event] = pack([build.text({ person, id: state.serial, at: new Date() }, text)], 1);
      platforms.hear(channel, event);
      const body = JSON.stringify(event);
      return {
        path: `/hooks/${channel}/default`,
        headers: { 'content-type': 'application/json', ...sign(body) },
        body,
      };
    },
    shownTo: (channel, person) =>
      platforms.sent
        .filter((message) => message.face === channel && message.person === person)
        .map(({ text, at, requestId }) => {
          const call = platforms.calls.find((one) => one.requestId === requestId);
          return {
            text,
            at: at.getTime(),
            call: requestId,
            from: whose(call?.remotePort ?? 0, at.getTime()),
          };
        }),
    takeContractFaults: () => {
      const fresh = platforms.faults().slice(state.faultsTaken);
      state.faultsTaken += fresh.length;
      return fresh;
    },
    forget: () => {
      platforms.sent.length = 0;
      platforms.calls.length = 0;
    },
    close: () => platforms.close(),
  };
}
