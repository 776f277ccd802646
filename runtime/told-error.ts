/** An error whose message tells whoever typed a command all there is: it is shown without a stack. */
export abstract class ToldError extends Error {
  /** Of the command that it ends: 1 for a failure, 2 for wrong input. */
  readonly exitCode: 1 | 2 = 1;
}
