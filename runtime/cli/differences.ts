import type { DifferencesApart } from '../../policy/diff';
import { print } from './output';

/** What a difference reaches stands above it. */
export function printApart({ current, booked }: DifferencesApart): void {
  const part = (head: string, list: string[]): void => {
    if (list.length > 0) print(`${head}\n${list.map((words) => `  ${words}`).join('\n')}`);
  };
  part('For every lesson, from the next question on:', current);
  part('For what is booked from now on; what was booked before keeps its terms:', booked);
}
