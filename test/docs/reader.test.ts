import { commandsIn, run } from './commands';

test('reads the commands of sh blocks only, without comments, continued lines joined', () => {
  const text = [
    '```sh',
    'one --flag   # why',
    '# alone',
    'two \\',
    '  --more "a # b"',
    '```',
    '```json',
    '{ "no": 1 }',
    '```',
    '```sh',
    'three',
    '```',
  ];
  expect(commandsIn(text.join('\n'))).toEqual([
    { text: 'one --flag', line: 2 },
    { text: 'two --more "a # b"', line: 4 },
    { text: 'three', line: 11 },
  ]);
});

test('types a command with the placeholders filled in', () => {
  expect(run('echo SESSION SESSIONS; exit 3', { words: { SESSION: 'x' } })).toEqual({ status: 3, stdout: 'x SESSIONS\n', stderr: '' });
});
