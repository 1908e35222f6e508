/** Figures for Prometheus: counts and durations by channel and outcome, never anything about a person. */
import type { ChannelView } from './ports.ts';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  contentType: string;
  text: () => Promise<string>;
  hooks: Counter<'channel' | 'status'>;
  turns: Counter<'channel' | 'outcome'>;
  sent: Counter<'channel' | 'outcome'>;
  media: Counter<'channel' | 'kind' | 'outcome'>;
  turnSeconds: Histogram;
  waiting: Gauge<'risk'>;
  /** of those, whose clock is red: content/desk.yaml */
  overdue: Gauge<'risk'>;
  showChannels: (views: readonly ChannelView[], now: Date) => void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'hoi_truoc_' });
  const registers = [registry];
  const showChannels = createChannelGauges(registers);
  return {
    contentType: registry.contentType,
    showChannels,
    text: () => registry.metrics(),
    hooks: new Counter({
      name: 'hoi_truoc_hooks_total',
      help: 'Webhook calls answered',
      labelNames: ['channel', 'status'],
      registers,
    }),
    turns: new Counter({
      name: 'hoi_truoc_turns_total',
      help: 'Turns taken',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    sent: new Counter({
      name: 'hoi_truoc_sent_total',
      help: 'Outgoing messages by outcome',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    media: new Counter({
      name: 'hoi_truoc_media_total',
      help: 'Files people sent, by what became of them',
      labelNames: ['channel', 'kind', 'outcome'],
      registers,
    }),
    turnSeconds: new Histogram({
      name: 'hoi_truoc_turn_seconds',
      help: 'Time from claiming a batch of conversations to its commit',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    waiting: new Gauge({
      name: 'hoi_truoc_waiting',
      help: 'Handovers waiting for a counsellor',
      labelNames: ['risk'],
      registers,
    }),
    overdue: new Gauge({
      name: 'hoi_truoc_waiting_overdue',
      help: 'Handovers waiting for a counsellor longer than promised',
      labelNames: ['risk'],
      registers,
    }),
  };
}

const ACCOUNT = ['channel', 'account'] as const;

/** One figure per account; what is not known is not there, so that nobody takes 0 for an answer. */
function createChannelGauges(registers: Registry[]): Metrics['showChannels'] {
  const gauge = (name: string, help: string): Gauge<(typeof ACCOUNT)[number]> =>
    new Gauge({ name: `hoi_truoc_channel_${name}`, help, labelNames: ACCOUNT, registers });
  const gauges = {
    ok: gauge('ok', '1 while the platform says that all is well'),
    alarm: gauge('alarm', '1 while an operator should look'),
    tokenAge: gauge('token_age_seconds', 'Age of the token in use'),
    silence: gauge('silence_seconds', 'Time since the last webhook'),
    errorRate: gauge('error_rate', 'Share of messages that failed in the last hour'),
    quotaLeft: gauge('quota_left', 'Messages left of the month'),
  };
  return (views, now) => {
    const since = (at: Date | null): number | null =>
      at === null ? null : (now.getTime() - at.getTime()) / 1000;
    for (const { channel, account, ...view } of views) {
      const tried = view.sent + view.failed;
      const limit = view.quota?.limit ?? null;
      const figures: [Gauge<(typeof ACCOUNT)[number]>, number | null][] = [
        [gauges.ok, view.ok === null ? null : Number(view.ok)],
        [gauges.alarm, Number(view.alarm !== null)],
        [gauges.tokenAge, since(view.tokenAt)],
        [gauges.silence, since(view.lastHookAt)],
        [gauges.errorRate, tried === 0 ? null : view.failed / tried],
        [
          gauges.quotaLeft,
          limit === null || view.quota === null ? null : Math.max(0, limit - view.quota.used),
        ],
      ];
      for (const [one, value] of figures) {
        if (value === null) one.remove({ channel, account });
        else one.set({ channel, account }, value);
      }
    }
  };
}
