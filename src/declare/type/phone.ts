import { type SharedType, textType } from './shared-type.ts'

/** A telephone number as the world dials it: +, country, number; no spaces. Whether it is in use, nobody knows without calling. */
export const phone: SharedType<string> = textType('phone', {
  pattern: /^\+[1-9]\d{6,14}$/,
  max: 16,
  expected: 'expected a telephone number as + and 7 to 15 digits',
  semantics: { means: 'telephone number', personal: 'contact' },
  spec: 'ITU-T E.164',
  examples: ['+4930123456', '+14155552671'],
  rejects: ['030123456', '+49 30 123456', '+0123456789', '0049301234567', '+1234567890123456', '+123456'],
})
