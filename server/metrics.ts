/** Figures for Prometheus: counts and durations by channel and outcome, never anything about a person. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  contentType: string;
  text: () => Promise<string>;
  hooks: Counter<'channel' | 'status'>;
  turns: Counter<'channel' | 'outcome'>;
  sent: Counter<'channel' | 'outcome'>;
  turnSeconds: Histogram;
  waiting: Gauge<'risk'>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'hoi_truoc_' });
  const registers = [registry];
  return {
    contentType: registry.contentType,
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
  };
}
