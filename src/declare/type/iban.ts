import { type SharedType, textType } from './shared-type.ts'

/** An account by its IBAN without spaces, with right check digits. That its country's length is right is not looked at. */
export const iban: SharedType<string> = textType('iban', {
  pattern: /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/,
  max: 34,
  also: (text) => remainder(text.slice(4) + text.slice(0, 4)) === 1,
  expected: 'expected an IBAN without spaces, with right check digits',
  semantics: { means: 'bank account', personal: 'financial' },
  spec: 'ISO 13616; check digits ISO/IEC 7064, MOD 97-10',
  examples: ['DE89370400440532013000', 'GB82WEST12345698765432', 'NO9386011117947'],
  rejects: ['DE89370400440532013001', 'de89370400440532013000', 'DE89 3704 0044 0532 0130 00', 'DE8937040044', ''],
})

/** The number that the text spells, A for 10 to Z for 35, modulo 97. */
function remainder(text: string): number {
  let rest = 0
  for (const letter of text) {
    const value = Number.parseInt(letter, 36)
    rest = (rest * (value < 10 ? 10 : 100) + value) % 97
  }
  return rest
}
