import { type SharedType, textType } from './shared-type.ts'

/** An address of the web: whole, http or https, without a user or a password in it, at most 2,048 characters. */
export const url: SharedType<string> = textType('url', {
  pattern: /^https?:\/\/[!-~]+$/,
  max: 2_048,
  also: (text) => {
    const parsed = URL.parse(text)
    return parsed !== null && parsed.username === '' && parsed.password === '' && !/[\\"<>^`{|}]/.test(text)
  },
  expected: 'expected an address that begins with https:// or http://',
  semantics: { means: 'address of a web page or service' },
  spec: 'RFC 3986; parsed by the WHATWG URL standard',
  examples: ['https://example.com', 'http://127.0.0.1:4400/in/stripe?a=1#b'],
  rejects: ['example.com', 'javascript:alert(1)', 'https://', 'https://a b.com', 'https://u:p@example.com', '//example.com', 'ftp://example.com'], // biome-ignore format: one list
})
