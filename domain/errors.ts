/**
 * The catalogue of errors: one code, one HTTP status, one remedy each. Everything that refuses throws a LecternError;
 * anything else is a bug and is never shown to a caller.
 */
interface ErrorEntry {
  status: number;
  retryable: boolean;
  remedy: string;
}
const entry = (status: number, remedy: string, retryable = false): ErrorEntry => ({ status, remedy, retryable });

export const ERRORS = {
  'invalid-request': entry(400, 'Correct the fields named in details and send it again.'),
  'malformed-json': entry(400, 'Send a JSON document; see details for the place.'),
  'body-too-large': entry(413, 'Send a smaller body.'),
  'unsupported-media-type': entry(415, 'Send content-type: application/json.'),
  unauthenticated: entry(401, 'Send Authorization: Bearer <key>, or sign in with a link from `npx lectern sign-in`.'),
  forbidden: entry(403, 'Ask an admin for the role named in the message.'),
  'not-found': entry(404, 'Check the id; it may belong to another organisation.'),
  'slot-clash': entry(409, 'Choose another time; details lists the conflicting times.'),
  'no-place': entry(409, 'Put the student on the waiting list (POST /v1/sessions/{id}/waitlist), or give the group more places.'),
  'already-exists': entry(409, 'Read or change the one there is: details gives its id.'),
  'illegal-move': entry(409, 'Read the session again; its status has moved on.'),
  stale: entry(409, 'Read it again; details says what changed since you looked.'),
  'already-decided': entry(409, 'Nothing to do: details says who decided and when.'),
  'already-claimed': entry(409, 'Ask them, or send takeOver: true; details says who has it and since when.'),
  'idempotency-conflict': entry(409, 'Use a new Idempotency-Key for a different request.'),
  'in-flight': entry(409, 'The same request is still being handled; repeat it in a moment.', true),
  'refused-by-policy': entry(422, 'See details for the decision in words.'),
  'self-approval': entry(403, 'Another person has to decide this one.'),
  'no-rules': entry(409, 'Publish them as an admin: `npx lectern rules publish -m "…"`.'),
  'invalid-rules': entry(422, 'Mend the faults in details; `npx lectern rules check` lists the same.'),
  'invalid-transcript': entry(422, 'Mend the place named in details.'),
  'bad-signature': entry(401, 'Sign the raw bytes with the secret of this source, by its scheme.'),
  'stale-webhook': entry(401, 'The timestamp is outside the tolerance; sign and send it again.'),
  'link-expired': entry(410, 'Make a new link with `npx lectern sign-in`.'),
  'method-not-allowed': entry(405, 'See the allow header for what this address takes.'),
  'not-acceptable': entry(406, 'Ask for application/json.'),
  unavailable: entry(503, 'Try again in a moment.', true),
  internal: entry(500, 'Report the requestId to whoever runs this installation.', true),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export class LecternError extends Error {
  override readonly name = 'LecternError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
  get status(): number {
    return ERRORS[this.code].status;
  }
  get remedy(): string {
    return ERRORS[this.code].remedy;
  }
}

export const notFound = (what: string, id: string): LecternError => new LecternError('not-found', `No ${what} with id ${id}.`);
/** Nothing can be decided in an organisation that has never published rules. */
export const noRules = (): LecternError => new LecternError('no-rules', 'No rule set is published for this organisation, so nothing can be decided.');
