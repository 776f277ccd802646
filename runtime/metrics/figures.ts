import { Gauge, Registry } from 'prom-client';
import type { Figures } from '../../db/metrics';

/** Name, meaning, label; a label has as many values as we have words for it. */
const GAUGES: Record<keyof Figures, [name: string, help: string, label?: string]> = {
  sessions: ['lectern_sessions', 'Sessions by status: the open ones, and those that start within a day before or after now', 'status'],
  obligations: ['lectern_obligations', 'What people are owed, by state, on sessions that start within a day before or after now', 'state'],
  obligationsOverdue: ['lectern_obligations_overdue', 'Messages due for five minutes and more that are neither sent nor paused'],
  obligationsPaused: ['lectern_obligations_paused', 'Messages that are due and wait for a pause to be released'],
  heldSteps: ['lectern_held_steps_open', 'Steps that wait for a person, by kind', 'kind'],
  heldStepsAge: ['lectern_held_steps_age_seconds', 'Business time since the oldest of them was opened, by kind', 'kind'],
  heldStepsOverdue: ['lectern_held_steps_overdue', 'Steps that wait beyond their deadline or escalation, by kind', 'kind'],
  pauses: ['lectern_pauses_active', 'How many pauses are in force'],
  outbox: ['lectern_outbox_depth', 'Wakes that the relay has not delivered'],
  outboxAge: ['lectern_outbox_age_seconds', 'Real time since the oldest of them was asked for: the lag of the relay'],
  inbox: ['lectern_inbox_depth', 'Inbound events that are not applied'],
  inboxAge: ['lectern_inbox_age_seconds', 'Business time since the oldest of them was received'],
  sessionsStuck: [
    'lectern_sessions_stuck',
    'Sessions of which something has been due for five minutes and more: messages, acknowledgements, searches for a substitute',
  ],
  webhooks: [
    'lectern_webhooks',
    'Addresses that are told by webhook: on, failing, switched-off by the rules, or off because somebody asked',
    'state',
  ],
  webhooksOverdue: ['lectern_webhooks_overdue', 'Webhooks due for five minutes and more that are neither sent nor paused'],
  webhooksFailed: ['lectern_webhooks_failed', 'Webhooks that were given up within a day of business time'],
};

/** Of several organisations the oldest counts; all else adds up. */
const AGES: readonly (keyof Figures)[] = ['heldStepsAge', 'outboxAge', 'inboxAge'];

/** Figures as Prometheus reads them. */
export function gaugesOf(all: readonly Figures[], registry = new Registry()): Registry {
  for (const [field, [name, help, label]] of Object.entries(GAUGES) as [keyof Figures, [string, string, string?]][]) {
    const gauge = new Gauge({ name, help, labelNames: label ? [label] : [], registers: [registry] });
    const series = new Map<string, number>();
    const add = (word: string, n: number): void => {
      const there = series.get(word) ?? 0;
      series.set(word, AGES.includes(field) ? Math.max(there, n) : there + n);
    };
    for (const figures of all) {
      const value = figures[field];
      if (typeof value === 'number') add('', value);
      else for (const [word, n] of Object.entries(value)) add(word, n);
    }
    for (const [word, n] of series) gauge.set(label ? { [label]: word } : {}, n);
  }
  return registry;
}
