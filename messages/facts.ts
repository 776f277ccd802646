/** What a template may say: the tree of its variables, with values as an example shows them. `rules check` renders every template with it. */
export const SAMPLE_FACTS = {
  organisation: { name: 'Example Tutoring' },
  person: { givenName: 'Gina', name: 'Gina Guardian', role: 'guardian' },
  about: { givenName: 'Sam', name: 'Sam Sample' },
  session: {
    title: 'Fractions',
    subject: 'Mathematics',
    programme: 'regular',
    startsAt: Date.UTC(2027, 2, 3, 15),
    endsAt: Date.UTC(2027, 2, 3, 16),
    url: 'https://lectern.invalid/sessions/1',
    joinUrl: 'https://lectern.invalid/j/token',
    instructorName: 'Iris',
    studentNames: 'Sam',
    reason: 'illness',
    incident: true,
  },
  briefing: { text: 'Sam. Goals: fractions.' },
  change: { kind: 'reschedule', reason: 'illness', previousStartsAt: Date.UTC(2027, 2, 2, 15) },
  review: {
    url: 'https://lectern.invalid/held-steps/1',
    deadlineAt: Date.UTC(2027, 2, 4, 16),
    reason: 'The drafts are an extract from the transcript.',
  },
  update: { subject: 'How Sam did', paragraphs: ['Sam worked on fractions.'], notice: '' },
} as const;
