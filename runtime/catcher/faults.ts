/** What a test can have the catcher do wrong: keep its 250 to itself, or refuse. */
export class Faults {
  private toWithhold = 0;
  private toFail = 0;
  private code = 451;
  private readonly held: (() => void)[] = [];

  withhold(count: number): void {
    this.toWithhold = count;
  }

  fail(count: number, code: number): void {
    this.toFail = count;
    this.code = code;
  }

  /** Answers withheld since the last release. */
  get withheld(): number {
    return this.held.length;
  }

  /** Gives every withheld answer and withholds no more. */
  release(): number {
    this.toWithhold = 0;
    const held = this.held.splice(0);
    for (const answer of held) answer();
    return held.length;
  }

  /** The code to refuse this message with, or null. */
  takeFailure(): number | null {
    if (this.toFail === 0) return null;
    this.toFail -= 1;
    return this.code;
  }

  /** Answers now, or, when the next answers are withheld, at the release. */
  answer(give: () => void): void {
    if (this.toWithhold === 0) {
      give();
    } else {
      this.toWithhold -= 1;
      this.held.push(give);
    }
  }
}
