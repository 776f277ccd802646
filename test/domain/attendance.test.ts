import { presenceOf } from '../../domain/attendance';

const MINUTE = 60_000;
const joined = (minute: number, connection = 'laptop') => ({ kind: 'joined' as const, atMs: minute * MINUTE, connection });
const left = (minute: number, connection = 'laptop') => ({ kind: 'left' as const, atMs: minute * MINUTE, connection });

test('two devices at once are one presence, in whatever order their events come', () => {
  const presence = presenceOf([left(20), joined(8, 'phone'), joined(0), left(30, 'phone')], 60 * MINUTE);
  expect(presence.minutes).toBe(30);
  expect(presence.sinceAt(25 * MINUTE)).toBe(0);
});

test('somebody who went away and came back is there since they came back', () => {
  const presence = presenceOf([joined(-5), left(1), joined(14)], 20 * MINUTE);
  expect(presence.sinceAt(16 * MINUTE)).toBe(14 * MINUTE);
  expect(presence.sinceAt(5 * MINUTE)).toBeNull();
  expect(presence.presentAt(5 * MINUTE)).toBe(false);
  expect(presence.firstJoinMs).toBe(-5 * MINUTE);
});
