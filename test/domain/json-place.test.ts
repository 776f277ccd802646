import { jsonFaultAt, placeIn } from '../../domain/json-place';

test.each<[string, string, number]>([
  ['a word that is none', 'abc', 0],
  ['NaN', '{"a":NaN}', 5],
  ['a comma too many in a list', '[1,]', 3],
  ['a comma too many in an object', '{"a":1,}', 7],
  ['a comma too few', '[1 2]', 3],
  ['a colon too few', '{"a" 1}', 5],
  ['a key without marks', '{a:1}', 1],
  ['a number as key', '{1:1}', 1],
  ['the wrong closing mark', '[1}', 2],
  ['text after it', '{"a":1} x', 8],
  ['a zero in front', '01', 1],
  ['a bad escape', '["\\x"]', 2],
  ['a line break in a text', '"a\nb"', 2],
  ['an early end', '{"a":[1,', 8],
  ['an early end of a text', '{"a":"b', 7],
  ['nothing', '  ', 2],
])('%s is found where it stands', (_what, text, position) => {
  expect(jsonFaultAt(text)).toBe(position);
  expect(() => JSON.parse(text) as unknown).toThrow();
});

test('finds what the parser finds wherever the parser says it', () => {
  const good = JSON.stringify({ a: [1, -0.5e3, true, null, { b: 'c\\"\\u0041' }], d: {}, e: [] }, null, 1);
  let told = 0;
  for (let at = 0; at < good.length; at++) {
    for (const put of ['', 'x', '"', ',', '}', ']', '\\']) {
      const text = good.slice(0, at) + put + good.slice(at + 1);
      try {
        JSON.parse(text);
      } catch (error) {
        const said = /position (\d+)/.exec((error as Error).message)?.[1];
        if (said === undefined) continue;
        // Inside a word, a number or an escape the parser names the character, we where it begins.
        const [from, to] = [jsonFaultAt(text), Number(said)];
        expect([text, from <= to && /^[^\s{}[\],:"]*$/.test(text.slice(from, to))]).toEqual([text, true]);
        told++;
      }
    }
  }
  expect(told).toBeGreaterThan(100);
});

test('is linear, however deep or long', () => {
  expect(jsonFaultAt('['.repeat(100_000))).toBe(100_000);
  expect(jsonFaultAt(`["${'x'.repeat(5_000_000)}", oops]`)).toBe(5_000_005);
});

test('says a position by line and column', () => expect(placeIn('{\n "a": NaN\n}', 8)).toBe('line 2, column 7'));
