import { holdUpsIn } from '../../runtime/simulate/hold-ups';
import { MINUTE } from '../../runtime/simulate/timing';

test('what waited for a process that was gone is read from Temporal: an activity given out again, a task that timed out', () => {
  const at = (seconds: number) => ({ seconds, nanos: 0 });
  const events = [
    { eventId: 1, eventTime: at(10) },
    { eventId: 2, eventTime: at(41), activityTaskStartedEventAttributes: { scheduledEventId: 1, attempt: 2 } },
    { eventId: 3, eventTime: at(50) },
    { eventId: 4, eventTime: at(51), activityTaskStartedEventAttributes: { scheduledEventId: 3, attempt: 1 } },
    { eventId: 5, eventTime: at(60) },
    { eventId: 6, eventTime: at(70), workflowTaskTimedOutEventAttributes: { scheduledEventId: 5 } },
  ];
  const clock = { originBusinessMs: 0, originRealMs: 0, rate: 60 };
  expect(holdUpsIn(events as unknown as Parameters<typeof holdUpsIn>[0], clock)).toEqual([
    { from: 10 * MINUTE, to: 41 * MINUTE },
    { from: 60 * MINUTE, to: 70 * MINUTE },
  ]);
});

test('of a task that timed out again and again the time is counted until it was given out the last time', () => {
  const at = (seconds: number) => ({ seconds, nanos: 0 });
  const events = [
    { eventId: 1, eventTime: at(10) },
    { eventId: 2, eventTime: at(20), workflowTaskTimedOutEventAttributes: { scheduledEventId: 1 } },
    { eventId: 3, eventTime: at(50), workflowTaskScheduledEventAttributes: { attempt: 4 } },
    { eventId: 4, eventTime: at(51), workflowTaskCompletedEventAttributes: {} },
    { eventId: 5, eventTime: at(90), workflowTaskScheduledEventAttributes: { attempt: 1 } },
  ];
  const clock = { originBusinessMs: 0, originRealMs: 0, rate: 60 };
  expect(holdUpsIn(events as unknown as Parameters<typeof holdUpsIn>[0], clock)).toEqual([
    { from: 10 * MINUTE, to: 20 * MINUTE },
    { from: 20 * MINUTE, to: 50 * MINUTE },
  ]);
});
