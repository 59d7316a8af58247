import { decimalText } from './decimal-text.ts'
import { type SharedType, sharedType } from './shared-type.ts'

export interface Quantity {
  /** Decimal text. */
  readonly value: string
  /** `kg`, `m`, `pieces`; UCUM or UN/ECE Recommendation 20, as the contract says. */
  readonly unit: string
}

const UNIT = /^[!-~]{1,20}$/

/** An amount of something with its unit. */
export const quantity: SharedType<Quantity> = sharedType('quantity', isQuantity, {
  json: {
    type: 'object',
    properties: {
      value: decimalText.schema,
      unit: { type: 'string', pattern: UNIT.source, description: 'unit of the value' },
    },
    required: ['value', 'unit'],
    additionalProperties: false,
  },
  expected: 'expected { value, unit }: a decimal as text and a unit without spaces',
  semantics: { means: 'an amount with its unit' },
  spec: 'UCUM, or UN/ECE Recommendation 20',
  examples: [
    { value: '2.5', unit: 'kg' },
    { value: '12', unit: 'C62' },
  ],
  rejects: [{ value: 2.5, unit: 'kg' }, { value: '2.5' }, { value: '2.5', unit: '' }, { value: '1', unit: 'k g' }, '2.5 kg'], // biome-ignore format: one list
})

function isQuantity(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { value: amount, unit } = value as Partial<Quantity>
  return decimalText.is(amount) && typeof unit === 'string' && UNIT.test(unit) && Object.keys(value).length === 2
}
