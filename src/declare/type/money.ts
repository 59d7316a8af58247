import { isCurrency } from '../../core/money.ts'
import { annotationsOf } from '../contract/annotation.ts'
import { minorUnitsOf } from '../contract/semantics.ts'
import { currencyCode } from './currency-code.ts'
import { type SharedType, sharedType } from './shared-type.ts'

export interface Money {
  /** In the smallest unit of the currency: cents, yen. A whole number that a double holds exactly; negative is owed. */
  readonly minor: number
  /** ISO 4217, upper case. `decimal(minor, currency)` of `tieline` writes the amount out. */
  readonly currency: string
}

/** An amount with its currency. A sender whose smallest units are not those of ISO 4217 (Stripe's ISK) is mapped with its own digits. */
export const money: SharedType<Money> = sharedType('money', isMoney, {
  json: {
    type: 'object',
    properties: {
      minor: {
        type: 'integer',
        minimum: -Number.MAX_SAFE_INTEGER,
        maximum: Number.MAX_SAFE_INTEGER,
        ...annotationsOf({ means: 'amount', unit: minorUnitsOf('currency'), precision: 0 }),
      },
      currency: currencyCode.schema,
    },
    required: ['minor', 'currency'],
    additionalProperties: false,
  },
  expected: 'expected { minor, currency }: a whole number of the smallest unit and a code of ISO 4217',
  semantics: { means: 'an amount of money' },
  spec: 'ISO 4217, minor units',
  examples: [
    { minor: 1050, currency: 'EUR' },
    { minor: -500, currency: 'JPY' },
  ],
  rejects: [
    { minor: 10.5, currency: 'EUR' },
    { minor: 1050, currency: 'eur' },
    { minor: 2 ** 53, currency: 'EUR' },
    { minor: '1050', currency: 'EUR' },
    { minor: 1050 },
    { minor: 1050, currency: 'EUR', tax: 1 },
    1050,
  ],
})

function isMoney(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { minor, currency } = value as Partial<Money>
  return Number.isSafeInteger(minor) && isCurrency(currency) && Object.keys(value).length === 2
}
