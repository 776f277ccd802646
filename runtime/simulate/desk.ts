import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo, type OpenStep } from './answers';
import type { Lesson } from './lesson';
import { MINUTE } from './timing';
import type { World } from './world';

interface Listed extends OpenStep {
  session: { id: string };
}

/** How often they look, in business time, and in real time. */
const LOOK = 3 * MINUTE;
const LEAST_LOOK_MS = 400;
const PAGE = 200;

/**
 * The people of the organisation at their inbox: they answer each held step as the script has it, in their own time. Whether a student
 * came is said before what was taught is approved, as one would.
 */
export class Desk {
  private readonly personKeys = new Map<string, string>();
  private readonly byKey: Map<string, Lesson>;
  private readonly lookMs: number;
  private isOver = false;

  constructor(
    private readonly world: World,
    lessons: readonly Lesson[],
    rate: number,
  ) {
    this.byKey = new Map(lessons.map((l) => [l.key, l]));
    this.lookMs = Math.max(LEAST_LOOK_MS, LOOK / rate);
  }

  stop(): void {
    this.isOver = true;
  }

  async run(): Promise<void> {
    for (const [key, id] of this.world.personIds) this.personKeys.set(id, key);
    while (!this.isOver) {
      const open = await this.openSteps();
      const byId = new Map([...this.world.sessionIds].map(([key, id]) => [id, key]));
      for (const step of open) {
        const lesson = this.byKey.get(byId.get(step.session.id) ?? '');
        if (lesson) await this.consider(step, lesson, open);
      }
      await sleep(this.lookMs);
    }
  }

  private async openSteps(): Promise<Listed[]> {
    const steps: Listed[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const at: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await this.world.api<{ items: Listed[]; nextCursor: string | null }>(
        'desk',
        'GET',
        `/v1/held-steps?state=open&limit=${PAGE}${at}`,
      );
      steps.push(...(body.items ?? []));
      cursor = body.nextCursor ?? null;
    }
    return steps;
  }

  private async consider(step: Listed, lesson: Lesson, open: readonly Listed[]): Promise<void> {
    const answer = answerTo(step, lesson, this.personKeys.get(step.subject) ?? step.subject);
    if (!answer || this.world.now() < Date.parse(step.openedAt) + answer.after) return;
    const waitsForWhoCame = step.kind === 'documentation.review' && open.some((o) => o.session.id === step.session.id && o.kind === 'no-show');
    if (waitsForWhoCame) return;
    const { id, version, hash } = step;
    // Stale or decided meanwhile: the next look at the inbox tells.
    await this.world.api('desk', 'POST', `/v1/held-steps/${id}/decide`, {
      key: `decide-${id}-${version}`,
      body: { version, hash, decision: answer.decision },
    });
  }
}
