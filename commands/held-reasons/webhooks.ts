import { lesson, sentences, type Lesson } from './words';

/** An address that was not told of something. */
export const webhookReason = (session: Lesson, w: { name: string; host: string; type: string; isOff: boolean }): string =>
  sentences(
    `The webhook “${w.name}” (${w.host}) was not told of ${w.type} of ${lesson(session)}.`,
    w.isOff ? 'It is switched off, and is told of nothing any more.' : 'It was tried for as long as the rules say.',
    'Ask whoever runs it; then have what it has missed sent again, or leave it.',
  );
