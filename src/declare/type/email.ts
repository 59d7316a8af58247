import { type SharedType, textType } from './shared-type.ts'

/**
 * An address that mail gets to, in practice: what browsers take, with a dot in the domain. Quoted names, addresses of IP numbers and letters
 * beyond ASCII are none. At most 254 characters, 64 of them before the @ (RFC 5321, section 4.5.3.1).
 */
export const email: SharedType<string> = textType('email', {
  pattern:
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$/,
  max: 254,
  also: (text) => !/^\.|\.\.|\.@/.test(text),
  expected: 'expected an e-mail address',
  semantics: { means: 'e-mail address', personal: 'contact' },
  spec: 'RFC 5321; the pattern of the HTML standard',
  examples: ['ada@example.com', 'a.b+c@mail.example.co.uk', "o'neil@xn--bcher-kva.example"],
  rejects: ['ada', 'ada@', '@example.com', 'ada@localhost', 'a..b@example.com', '.a@example.com', 'a b@example.com', 'ada@-x.com', 'ada@example.com\n', 'Ada <ada@example.com>'], // biome-ignore format: one list
})
