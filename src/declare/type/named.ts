import { countryCode } from './country-code.ts'
import { currencyCode } from './currency-code.ts'
import { decimalText, percentage } from './decimal-text.ts'
import { email } from './email.ts'
import { iban } from './iban.ts'
import { instant } from './instant.ts'
import { languageTag } from './language-tag.ts'
import { localDate } from './local-date.ts'
import { money } from './money.ts'
import { phone } from './phone.ts'
import { quantity } from './quantity.ts'
import type { SharedType } from './shared-type.ts'
import { url } from './url.ts'

/** Every shared type. */
export const SHARED_TYPES: readonly SharedType<unknown>[] = Object.freeze([
  money,
  currencyCode,
  countryCode,
  languageTag,
  instant,
  localDate,
  email,
  phone,
  iban,
  decimalText,
  percentage,
  quantity,
  url,
])

const BY_NAME: ReadonlyMap<string, { readonly check: SharedType<unknown>['is']; readonly error: () => string }> =
  new Map(SHARED_TYPES.map(({ name, is, expected }) => [name, { check: is, error: () => expected }]))

/** The check of the type that a schema names with `x-tieline-type`. */
export const typeNamed = (
  name: string,
): { readonly check: (value: unknown) => boolean; readonly error: () => string } | undefined => BY_NAME.get(name)
