import { dayBounds, freeSlots } from '../../api/day';

const iso = (d: Date): string => d.toISOString();

describe('days and free times', () => {
  it('gives a day with a clock change 23 or 25 hours', () => {
    const hours = (day: string): number => {
      const { from, to } = dayBounds(day, 'Europe/Berlin');
      return (+to - +from) / 3_600_000;
    };
    expect(hours('2026-03-29')).toBe(23);
    expect(hours('2026-10-25')).toBe(25);
    expect(hours('2026-06-01')).toBe(24);
    expect(iso(dayBounds('2026-12-01', 'America/New_York').from)).toBe('2026-12-01T05:00:00.000Z');
  });

  it('refuses a zone that is none', () => {
    for (const zone of ['Europe/Atlantis', '+01:00', '']) expect(() => dayBounds('2026-12-01', zone)).toThrow('time zone');
  });

  const search = {
    from: new Date('2026-12-01T00:00:00Z'),
    to: new Date('2026-12-02T00:00:00Z'),
    lengthMinutes: 60,
    stepMinutes: 60,
    zone: 'Europe/Berlin',
    busy: [],
  };

  it("stays between eight and eight on the instructor's wall clock", () => {
    const found = [...freeSlots(search)];
    expect(found).toHaveLength(12);
    expect(found[0]!.wallTime).toBe('2026-12-01T08:00');
    expect(iso(found[0]!.startsAt)).toBe('2026-12-01T07:00:00.000Z');
    expect(iso(found.at(-1)!.endsAt)).toBe('2026-12-01T19:00:00.000Z');
  });

  it('leaves out what overlaps and keeps what touches', () => {
    const busy = [{ startsAt: new Date('2026-12-01T08:30:00Z'), endsAt: new Date('2026-12-01T09:00:00Z') }];
    const starts = [...freeSlots({ ...search, busy })].map((s) => s.wallTime.slice(11));
    expect(starts).not.toContain('09:00');
    expect(starts).toContain('08:00');
    expect(starts).toContain('10:00');
  });
});
