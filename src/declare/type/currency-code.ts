import { currencyCodes, isCurrency } from '../../core/money.ts'
import { type SharedType, sharedType } from './shared-type.ts'

/** A currency by its code, upper case. Codes retired since 2020 are known, for old documents. */
export const currencyCode: SharedType<string> = sharedType('currencyCode', isCurrency, {
  json: { type: 'string', enum: currencyCodes() },
  expected: 'expected a currency code of ISO 4217 in upper case, such as EUR',
  semantics: { means: 'currency' },
  spec: 'ISO 4217, list one',
  examples: ['EUR', 'JPY', 'BHD'],
  rejects: ['eur', 'EURO', 'XXX', 'ABC', '978', ''],
})
