import { setTimeout as sleep } from 'node:timers/promises';
import { businessNow, type BusinessClock } from '../../domain/clock';
import { actsOf, type Act } from './acts';
import type { Lesson } from './lesson';
import type { World } from './world';

interface Due {
  lesson: Lesson;
  act: Act;
}

/** How many things happen at once; a busy machine delays the world, it never loses any of it. */
const AT_ONCE = 24;
const LOOK_MS = 20;
const AGAIN_MS = 250;

/** Plays what the script has, each act at its instant; ends once all of it has happened. */
export async function play(world: World, lessons: readonly Lesson[], clock: BusinessClock, signal: AbortSignal): Promise<void> {
  const now = (): number => businessNow(clock, Date.now());
  world.now = now;
  const waiting: Due[] = lessons.flatMap((lesson) => actsOf(lesson).map((act) => ({ lesson, act }))).sort((a, b) => a.act.at - b.act.at);
  const due: Due[] = [];
  let open = waiting.length;
  const work = async (): Promise<void> => {
    while (open > 0) {
      signal.throwIfAborted();
      while (waiting.length > 0 && waiting[0]!.act.at <= now()) due.push(waiting.shift()!);
      const next = due.shift();
      if (!next) {
        await sleep(LOOK_MS);
        continue;
      }
      if ((await world.act(next.lesson, next.act)) === 'done') open--;
      else void sleep(AGAIN_MS).then(() => due.push(next));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
