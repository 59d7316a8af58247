import { type SharedType, type SharedTypeSpec, textType } from './shared-type.ts'

/** At most 40 characters, no exponent, no plus, no leading zeros, no minus before nothing: one way to write a number but for zeros at its end. */
const PATTERN = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/
const MAX = 40
const isNegativeZero = (text: string): boolean => text.startsWith('-') && !/[1-9]/.test(text)

const decimalType = (name: string, spec: Pick<SharedTypeSpec<string>, 'expected' | 'semantics' | 'examples'>) =>
  textType(name, {
    ...spec,
    pattern: PATTERN,
    max: MAX,
    also: (text) => !isNegativeZero(text),
    spec: 'RFC 8259, section 6, without exponent; as text, for a double (IEEE 754) is not exact',
    rejects: ['1e3', '.5', '5.', '+1', '01', '-0', '-0.00', '1,5', ' 1', 'NaN', '', 10.5],
  })

/** A number as text, exact: `'10.50'` keeps its last zero, and no double ever touches it. */
export const decimalText: SharedType<string> = decimalType('decimalText', {
  expected: 'expected a decimal as text, such as "10.50"',
  semantics: { means: 'an exact number' },
  examples: ['0', '10.50', '-0.001', '12345678901234567890.1'],
})

/** A share in hundredths, as decimal text: `'19'` is 19 %. Below nothing and above a hundred are allowed: growth is. */
export const percentage: SharedType<string> = decimalType('percentage', {
  expected: 'expected a percentage as text, such as "19.5"',
  semantics: { means: 'a share in hundredths', unit: '%' },
  examples: ['19', '7.7', '-2.5', '130'],
})
