import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The index of what may go wrong by two things at once, and by what is sent in: what it is, and the tests that show what becomes of it. A test
 * that is renamed or goes leaves its row without proof, which this finds.
 */
const CATALOGUE: [string, string, string[]][] = [
  ['races', 'one slot, fifty at once', ['booking: fifty clients after one hundred overlapping slots']],
  [
    'races',
    'slots that overlap; back to back',
    ['booking: fifty clients after one hundred overlapping slots', 'booking: back-to-back lessons fit once the buffer'],
  ],
  ['races', 'a student taken by two instructors', ['races: of ten instructors who take one student']],
  [
    'races',
    'a move, or a change of people, while a reminder leaves',
    ['change-races: a reminder that was being sent during a move', 'change-races: %s while the sink keeps its 250 for a reminder'],
  ],
  [
    'races',
    'a cancellation, the start, and a no-show',
    ['races: a lesson cancelled %i minutes from its start', 'change-matrix: tells everyone concerned once, and nobody two truths'],
  ],
  ['races', 'a change of people in the instant of a no-show', ['change-races: %s in the second in which somebody is said to be missing']],
  ['races', 'an arrival in the instant of the no-show', ['races: who joins %i ms from the instant']],
  ['races', 'two substitutes who accept at once', ['substitutes: of two who accept at the same moment']],
  [
    'races',
    'instructors exchanged from both sides, by two reassignments or two swaps',
    ['changes: two sessions that exchange instructors by two reassignments', 'changes: at the same time neither can be given away'],
  ],
  [
    'races',
    'one preview committed by two; two previews of one session',
    ['decide-races: of two admins who commit one preview', 'changes: of two reassignments of one session'],
  ],
  ['races', 'a held change approved while the lesson is cancelled', ['decide-races: a held change that is approved while']],
  ['races', 'approve, reject, edit and expire at once', ['races: of an approval, a rejection, an edit', 'review: two coordinators on one step']],
  ['races', 'approved twice, across a run that continued as new', ['races: a booking that was approved before its run continued']],
  [
    'races',
    'a change after close',
    ['changes: a cancelled lesson is neither cancelled again', 'corrections: what is closed is changed by corrections alone'],
  ],
  [
    'races',
    'a double click, a retry, a key for another body',
    [
      'booking: the same Idempotency-Key books once',
      'api/idempotency: lets one of ten at once through',
      'api/idempotency: refuses to stand for another request',
    ],
  ],
  [
    'races',
    'rules published while sessions run',
    ['publish: a published grace changes the next question', 'decide-races: changes that are committed while rules'],
  ],
  ['races', 'a guardian removed between approval and sending', ['races: a guardian who loses the right between the approval']],
  ['races', 'an event that several apply at once', ['inbound-events: an event that several apply at once changes a lesson once']],
  [
    'input',
    'JSON 40,000 levels deep',
    ['api/json: refuses 40,000 levels of every kind', 'api/hostile-addresses: %s as the body of any route is refused'],
  ],
  [
    'input',
    '__proto__ and constructor as keys',
    ['api/hostile: a hostile value in any place of any body', 'policy/hostile: the key %s is refused wherever it stands'],
  ],
  [
    'input',
    'keys twice, lists for scalars, numbers beyond all',
    ['api/hostile: a hostile value in any place of any body', 'api/json: refuses %s', 'policy/hostile: a key that stands twice'],
  ],
  [
    'input',
    'NUL, half a surrogate pair, direction override, 10 kB, emoji',
    ['api/contact: takes names of every script', 'api/hostile: a hostile value in any place of any body'],
  ],
  [
    'input',
    'line breaks in names, addresses that are several',
    ['api/contact: refuses the address %j', 'messages/hostile-values: stays on its line'],
  ],
  [
    'input',
    'markup, formulas and templates in names',
    ['messages/hostile-values: adds no tag and no link', 'messages/hostile-values: a hostile value is shown as it was written'],
  ],
  ['input', 'zones that are none, times that cannot be', ['api/hostile: a lesson that is %s is neither booked nor moved to']],
  ['input', 'fields that are not the caller’s to set', ['api/refusals: refuses fields that are not ours to be set']],
  [
    'input',
    'ids of others, guessed and in capitals',
    [
      'isolation: another organisation’s ids are not found',
      'api/refusals: answers a malformed or unknown id',
      'api/refusals: reads an id in capitals',
    ],
  ],
  [
    'input',
    'rules that explode, nest, or compare what is missing',
    ['policy/hostile: refuses %s', 'policy/three-valued: an unknown row before a true one'],
  ],
  [
    'input',
    'packed bodies, other types, smuggled requests, long headers',
    ['api/refusals: refuses other content types', 'api/raw: %s in one request is refused', 'api/raw: a header of 8 kB is read'],
  ],
  ['input', 'pages of 1e9, sorting by anything', ['api/refusals: refuses ?%s', 'api/hostile-addresses: a hostile value in any part of any query']],
  ['input', 'events of every wrong kind', ['api/hostile-events: a hostile value in any place of any event']],
];

const proofs = CATALOGUE.flatMap(([kind, what, tests]) => tests.map((named) => [kind, what, named] as const));

test.each(proofs)('%s, %s: “%s” is a test', (_kind, _what, named) => {
  const [file, ...title] = named.split(': ');
  const source = readFileSync(path.join(__dirname, `${file}.test.ts`), 'utf8');
  // A title may hold the quote that its string is written in.
  const plain = (text: string): string => text.replaceAll('\\', '').replaceAll('’', "'");
  expect(plain(source)).toMatch(
    new RegExp(`(?:test|it|\\)|\\])[^\\n]*\\(\\s*['"\`]${plain(title.join(': ')).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`),
  );
});
