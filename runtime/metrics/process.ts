import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { onSignal } from '../../domain/signals';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Up to an hour; what is later than that is an alarm, not a shape. */
const LATENESS = [1, 5, 15, 60, 300, 900, 3600];

/** What this process did since it started, and how its event loop and memory are. */
export function measureProcess(): { registry: Registry; stop(): void } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'lectern_' });
  const registers = [registry];
  const decisions = new Counter({
    name: 'lectern_decisions_total',
    help: 'Questions answered by policies',
    labelNames: ['point', 'outcome'],
    registers,
  });
  const lateness = new Histogram({
    name: 'lectern_message_lateness_seconds',
    help: 'Business time from when a message was due until its provider took it',
    labelNames: ['kind', 'channel'],
    buckets: LATENESS,
    registers,
  });
  const dispatch = new Histogram({
    name: 'lectern_dispatch_seconds',
    help: 'Real time of one dispatch: claim, send, mark',
    buckets: SECONDS,
    registers,
  });
  const wakes = new Counter({ name: 'lectern_wakes_total', help: 'Wakes that the relay delivered', registers });
  const lag = new Histogram({ name: 'lectern_relay_lag_seconds', help: 'Real time from a wake to its delivery', buckets: SECONDS, registers });
  const ends = [
    onSignal('decision', ({ point, outcome }) => decisions.inc({ point, outcome })),
    onSignal('sent', ({ kind, channel, latenessMs }) => lateness.observe({ kind, channel }, Math.max(0, latenessMs) / 1000)),
    onSignal('dispatch', ({ ms }) => dispatch.observe(ms / 1000)),
    onSignal('relayed', ({ count, lagMs }) => {
      wakes.inc(count);
      lag.observe(Math.max(0, lagMs) / 1000);
    }),
  ];
  return { registry, stop: () => ends.forEach((end) => end()) };
}
