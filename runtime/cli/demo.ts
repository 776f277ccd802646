import type { Config } from '../config';
import { documentOf } from './demo-document';
import { print, printJson, progress } from './output';
import { play } from './play';
import { readTranscriptFile } from './transcript-file';
import { withLectern } from './with-lectern';

export interface DemoOptions {
  transcript: string;
  approveAs?: 'coordinator';
  json?: boolean;
}

/** `lectern demo`: one lesson on a transcript of yours, through its whole life. Gives the exit code. */
export async function demo(config: Config, options: DemoOptions): Promise<number> {
  const transcript = readTranscriptFile(options.transcript, progress);
  return withLectern(config, async (lectern) => {
    const { sessionId, status } = await play(lectern, {
      transcript,
      approveAs: options.approveAs,
      print: progress,
      waits: (review) => progress(`a person decides now: ${lectern.url}/held-steps/${review.id} (or pass --approve-as coordinator)`),
    });
    if (options.json) printJson(await lectern.db.inOrganisation(lectern.first.organisationId, (tx) => documentOf(tx, sessionId)));
    else print(`The session is ${status}. Its decisions in words: npx lectern rules explain ${sessionId}`);
    return status === 'settled' ? 0 : 1;
  });
}
