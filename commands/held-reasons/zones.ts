import type { ZoneDoubts } from '../../domain/zone-evidence';
import { lesson, sentences, type Lesson } from './words';

/** What speaks against a person's zone, each thing that does. */
export function zoneReason(
  session: Lesson,
  z: { name: string; kind: string; zone: string; doubts: ZoneDoubts; off: { hours: number; lessons: number } | null },
): string {
  const named = (because: 'household' | 'phone'): string =>
    z.doubts.instead
      .filter((i) => i.because === because)
      .map((i) => i.zone)
      .join(', ');
  return sentences(
    `${z.name} (${z.kind}) is said to be in ${z.zone}, and something speaks against it before ${lesson(session)} is told to them.`,
    z.doubts.householdDisagrees ? `Those they live with are in ${named('household')}.` : null,
    z.doubts.phoneDisagrees ? `Their phone number is from a country with another time (${named('phone')}).` : null,
    z.off
      ? `To ${z.off.lessons} earlier lesson${z.off.lessons === 1 ? '' : 's'} they came ${Math.abs(z.off.hours)} h ${z.off.hours > 0 ? 'late' : 'early'}.`
      : null,
    'Say which zone is theirs; what shows them a time waits until then.',
  );
}

export const clockReason = (session: Lesson & { agreedWallTime: string }, startsAt: Date, isFree: boolean): string => {
  const minutes = Math.round((+startsAt - +session.startsAt) / 60_000);
  return sentences(
    `The clocks of ${session.anchorZone} follow another law since ${lesson(session)} was agreed for ${session.agreedWallTime.slice(11, 16)} there.`,
    `To keep that time on the wall it would have to start ${Math.abs(minutes)} minutes ${minutes < 0 ? 'earlier' : 'later'}${isFree ? '' : ', when somebody on it has another lesson'}.`,
    'Keep the time on the wall and everybody is told of the move; keep the moment and everybody is told what their clocks will show.',
  );
};
