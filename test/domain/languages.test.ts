import { languageFor, languagesFor, type Readers } from '../../domain/languages';

const readers = (more: Partial<Readers>): Readers => ({
  instructor: 'en',
  guardians: [],
  organisation: 'en',
  available: new Set(['en', 'de', 'fr']),
  ...more,
});

test.each<[string, string, string, string]>([
  ['their own', 'de-AT', 'en', 'de'],
  ['the organisation’s, where theirs is not there', 'es', 'de-CH', 'de'],
  ['English, where neither is', 'es', 'pt-BR', 'en'],
])('a reader is written to in %s', (_what, locale, organisation, expected) =>
  expect(languageFor(locale, organisation, (l) => ['de', 'en'].includes(l))).toBe(expected),
);

test.each<[string, Readers, Partial<ReturnType<typeof languagesFor>>]>([
  ['one household, one language', readers({ guardians: ['de-AT', 'de'] }), { updates: ['de'], summary: 'en', missing: [] }],
  ['two languages, the organisation’s first', readers({ guardians: ['de', 'en-GB'] }), { updates: ['en', 'de'] }],
  ['three, the organisation’s, English, the rest', readers({ guardians: ['en', 'fr', 'de'], organisation: 'de' }), { updates: ['de', 'en', 'fr'] }],
  ['a language that is not there', readers({ guardians: ['pl', 'de'] }), { updates: ['en', 'de'], missing: ['pl'], instead: 'en' }],
  ['nobody to read it', readers({ organisation: 'de-DE' }), { updates: ['de'] }],
  ['an instructor of another language', readers({ instructor: 'fr', guardians: ['en'] }), { summary: 'fr', updates: ['en'] }],
  ['an instructor of none that is there', readers({ instructor: 'it', organisation: 'de' }), { summary: 'de', missing: ['it'], instead: 'de' }],
])('%s', (_what, given, expected) => expect(languagesFor(given)).toMatchObject(expected));

test('who can write fewer languages than there are messages in writes those', () =>
  expect(languagesFor(readers({ guardians: ['fr', 'de'] }), (l) => l === 'de')).toMatchObject({ updates: ['en', 'de'], missing: ['fr'] }));
