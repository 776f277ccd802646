/** One lesson that a batch has changed. */
const LESSON = {
  title: 'Fractions',
  studentNames: 'Sam',
  instructorName: 'Iris',
  startsAt: Date.UTC(2027, 2, 10, 15),
  previousStartsAt: Date.UTC(2027, 2, 3, 15),
  isCancelled: false,
  isMoved: true,
  isWithout: false,
} as const;

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
  acknowledge: { url: 'https://lectern.invalid/a/token' },
  offer: { url: 'https://lectern.invalid/o/token', expiresAt: Date.UTC(2027, 2, 2, 12), students: 1, isTrial: false },
  briefing: { text: 'Sam. Goals: fractions.' },
  change: {
    kind: 'reschedule',
    reason: 'illness',
    say: 'There is no charge.',
    previousStartsAt: Date.UTC(2027, 2, 2, 15),
    previousInstructorName: 'Ines',
    studentNames: 'Sam',
  },
  review: {
    url: 'https://lectern.invalid/held-steps/1',
    deadlineAt: Date.UTC(2027, 2, 4, 16),
    reason: 'The drafts are an extract from the transcript.',
  },
  correction: {
    attendance: 'came',
    charge: '45.00 EUR',
    previousCharge: '0.00 EUR',
    pay: '30.00 EUR',
    previousPay: '0.00 EUR',
    minutes: '45',
    agreedMinutes: '60',
    reason: 'The camera was off.',
  },
  batch: {
    reason: 'spring break',
    zone: 'Europe/Berlin',
    lessons: [LESSON],
    students: [{ names: 'Sam', lessons: [LESSON] }],
  },
  update: { subject: 'How Sam did', paragraphs: ['Sam worked on fractions.'], notice: '' },
} as const;
