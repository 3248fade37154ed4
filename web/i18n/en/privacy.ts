import type { Same } from '../same.ts'
import type { zh } from '../zh/index.ts'

export const privacy: Same<typeof zh.privacy> = {
  trail: {
    title: 'Audit trail',
    lead: 'Every request leaves a trace, refused ones too; nobody can change or delete it.',
    at: 'Time',
    who: 'Person',
    nobody: 'Not signed in',
    address: 'From',
    ask: 'Request',
    subject: 'About',
    unit: 'Unit',
    outcome: 'Outcome',
    duration: 'Took',
    allowed: 'Allowed',
    refused: 'Refused',
    failed: 'Failed',
    writes: 'Changes',
    reads: 'Reads',
    kind: 'Kind',
    by_day: 'Requests, last 14 days',
    empty: 'No entry fits',
    filter_ask: 'Request, such as response.',
    person_only: 'Only this person',
    one_person: 'Person: {{name}}',
    one_subject: 'About: {{subject}}',
    day: '{{day}}',
    clear: 'Remove',
    verify: 'To prove it whole, run npx anlan trail verify on the server',
  },
}
