import { type SharedType, textType } from './shared-type.ts'

/** Language, script, region, variants, extensions, private use; well-formed, not looked up in the registry. */
const LANGUAGE = '(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})'
const REST =
  '(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\\d{3}))?(?:-(?:[A-Za-z\\d]{5,8}|\\d[A-Za-z\\d]{3}))*(?:-[A-WY-Za-wy-z\\d](?:-[A-Za-z\\d]{2,8})+)*(?:-[xX](?:-[A-Za-z\\d]{1,8})+)?'

/** A language as the web names it: `de`, `pt-BR`, `zh-Hans-CN`. The tags that RFC 5646 keeps for their age (`i-klingon`) are none. */
export const languageTag: SharedType<string> = textType('languageTag', {
  pattern: new RegExp(`^${LANGUAGE}${REST}$`),
  max: 100,
  expected: 'expected a language tag of BCP 47, such as de or pt-BR',
  semantics: { means: 'language' },
  spec: 'BCP 47: RFC 5646, section 2.1',
  examples: ['de', 'pt-BR', 'zh-Hans-CN', 'sl-rozaj-biske', 'en-u-ca-gregory', 'de-x-firm'],
  rejects: ['d', 'de_DE', 'de-', 'german language', 'de-D', 'en-a', '-de', ''],
})
