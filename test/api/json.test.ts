import { decodeUtf8, parseStrictJson } from '../../api/http/json';

const codeOf = (text: string): string | undefined => {
  try {
    parseStrictJson(text);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('strict JSON', () => {
  it('reads what JSON.parse reads', () => {
    const text = '{"a":[1,-0.5,"x\\"},{[",{"b":null,"a":{"a":true}}],"ä":"😀"}';
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
    expect(parseStrictJson(' "a" ')).toBe('a');
    expect(parseStrictJson('[{"a":1},{"a":2}]')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(parseStrictJson('{"a":["b","b"],"b":"a"}')).toEqual({ a: ['b', 'b'], b: 'a' });
  });

  it('takes 64 levels and refuses the 65th', () => {
    expect(codeOf('['.repeat(64) + ']'.repeat(64))).toBeUndefined();
    expect(codeOf('['.repeat(65) + ']'.repeat(65))).toBe('malformed-json');
  });

  it('refuses 40,000 levels of every kind without a stack overflow', () => {
    expect(codeOf('['.repeat(40_000) + ']'.repeat(40_000))).toBe('malformed-json');
    expect(codeOf('{"a":'.repeat(40_000) + '1' + '}'.repeat(40_000))).toBe('malformed-json');
    expect(codeOf('['.repeat(40_000))).toBe('malformed-json');
  });

  it.each([
    ['a key twice', '{"a":1,"a":2}'],
    ['a key twice, once escaped', '{"a":1,"\\u0061":2}'],
    ['a key twice, deep', '[{"x":{"b":[],"c":{},"b":1}}]'],
    ['__proto__', '{"__proto__":{"admin":true}}'],
    ['__proto__, escaped', '{"\\u005f_proto__":{}}'],
    ['constructor', '{"a":{"constructor":1}}'],
    ['NUL in a text', '{"a":"x\\u0000y"}'],
    ['NUL in a key', '{"a\\u0000":1}'],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['a number beyond doubles', '{"a":1e400}'],
    ['NaN', '{"a":NaN}'],
    ['a trailing comma', '[1,]'],
    ['an unfinished string', '{"a":"b\\'],
    ['nothing', ''],
  ])('refuses %s', (_name, text) => {
    expect(codeOf(text)).toBe('malformed-json');
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => decodeUtf8(Buffer.from([0x22, 0xff, 0x22]))).toThrow('UTF-8');
  });

  it('is linear: a megabyte of keys takes no time to speak of', () => {
    const text = `{${Array.from({ length: 60_000 }, (_, n) => `"key${n}":${n}`).join(',')}}`;
    // Processor time: the machine may be busy with other tests.
    const started = process.cpuUsage();
    parseStrictJson(text);
    expect(process.cpuUsage(started).user).toBeLessThan(3_000_000);
  });
});
