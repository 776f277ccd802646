import type { Config } from '../config';
import { examine, type Ailment } from '../doctor';
import { knownAddresses } from '../engines/addresses';
import { runningServer } from '../engines/server-claim';
import { print, printJson } from './output';

/** With engines of one's own, workers and servers run somewhere; else they run here or not at all. */
async function ofThisHome({ databaseUrl, temporalAddress, lecternHome }: Config): Promise<Ailment[]> {
  if (databaseUrl !== undefined && temporalAddress !== undefined) return [];
  if (await runningServer(lecternHome)) return [];
  return [{ check: 'a Lectern runs for this home', detail: lecternHome, remedy: 'npm start, or set DATABASE_URL and TEMPORAL_ADDRESS' }];
}

function show(ailments: Ailment[], json: boolean | undefined): number {
  if (json) printJson({ ok: ailments.length === 0, findings: ailments });
  else if (ailments.length === 0) print('all is well');
  for (const { check, detail, remedy } of json ? [] : ailments) print(`NOT WELL  ${check}: ${detail}\n          ${remedy}`);
  return ailments.length === 0 ? 0 : 1;
}

/** `lectern doctor`: what an operator would look at first, each with what to do. Starts and changes nothing. Exit 1 with any finding. */
export async function runDoctor(config: Config, { json }: { json?: boolean }): Promise<number> {
  const nowhere = await ofThisHome(config);
  return show(nowhere.length > 0 ? nowhere : await examine(config, knownAddresses(config)), json);
}
