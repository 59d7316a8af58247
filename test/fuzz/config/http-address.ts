import { BlockList } from 'node:net'
import { cut, parse } from '../../../src/adapter/http/address.ts'
import { checkHost } from '../../../src/adapter/http/guard.ts'
import { isPrivateAddress } from '../../../src/adapter/http/private-address.ts'
import { TielineError } from '../../../src/core/error.ts'
import type { Chance } from '../chance.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

const URLS = [
  'https://api.example.com/v1/customers/cus_1?expand=a%20b#top',
  'http://127.0.0.1:4400/',
  'HTTP://[::1]:80/x',
  'https://user:pw@h/',
  'http://0x7f.1/',
  'http://é.example/ü?ö',
  'http://localhost.',
]
const METADATA = [
  'http://169.254.169.254/latest',
  'http://[::ffff:10.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://2130706433/',
  'http://[2002:7f00:1::]/',
]

/** Blocks that a person would name. */
const INSIDE = new BlockList()
for (const [address, bits] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['0.0.0.0', 8],
  ['100.64.0.0', 10],
  ['224.0.0.0', 3],
] as const) {
  INSIDE.addSubnet(address, bits, 'ipv4')
}
for (const [address, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['2002::', 16],
  ['::', 128],
] as const)
  INSIDE.addSubnet(address, bits, 'ipv6')

export const httpAddress: AnyTarget = target<{ readonly url: string }, 'refuses' | 'same' | 'line' | 'guard'>({
  name: 'http-address',
  about: 'addresses that are called',
  laws: {
    refuses: 'what is no http address, or holds a name or password, is REQUEST_INVALID',
    same: 'origin and path lead where the whole address leads',
    line: 'origin and path hold nothing that ends a line of HTTP, or begins another part of the address',
    guard: 'a host that is a private address by its URL is ADDRESS_REFUSED',
  },
  make: (chance) => {
    const url = chance.one(chance.once(3) ? METADATA : URLS)
    return { url: chance.once(10) ? url : mutateText(chance, url, chance.one(URLS)) }
  },
  check({ url }, broken) {
    let found: { readonly origin: string; readonly path: string }
    let host: URL
    try {
      found = cut(url)
      host = parse(found.origin)
    } catch (thrown) {
      if (!(thrown instanceof TielineError) || thrown.code !== 'REQUEST_INVALID') throw thrown
      return
    }
    if (!/^[!-~]*$/.test(found.path) || !found.path.startsWith('/') || found.path.includes('#'))
      broken('line', found.path)
    const whole = URL.parse(url)
    if (whole !== null && whole.origin !== host.origin) broken('same', `${host.origin}, not ${whole.origin}`)
    if (host.username !== '' || host.password !== '') broken('refuses', host.origin)
    const bare = host.hostname.replace(/^\[|\]$/g, '')
    const family = bare.includes(':') ? 'ipv6' : 'ipv4'
    const inside = /^[\d.]+$|:/.test(bare) && INSIDE.check(bare, family)
    if (inside && !isRefused(host.hostname)) broken('guard', host.hostname)
  },
  grow: { to: 65_536, run: (text) => cut(`http://a/${text}`) },
})

function isRefused(hostname: string): boolean {
  try {
    checkHost(hostname)
    return false
  } catch (thrown) {
    if (thrown instanceof TielineError && thrown.code === 'ADDRESS_REFUSED') return true
    throw thrown
  }
}

export const privateAddress: AnyTarget = target<{ readonly address: string }, 'agrees' | 'closed'>({
  name: 'private-address',
  about: 'which addresses stay inside',
  laws: {
    agrees:
      'every address of a block that a person would name is private, in every spelling, as part of an IPv6 address too',
    closed: 'text that is no address is private',
  },
  make: (chance) => ({ address: chance.once(3) ? mutateText(chance, addressOf(chance)) : addressOf(chance) }),
  check({ address }, broken) {
    const found = isPrivateAddress(address)
    const plain = address.split('%')[0] as string
    if (isAddress(plain) ? inside(plain) && !found : !found) broken(isAddress(plain) ? 'agrees' : 'closed', 'public')
  },
})

function isAddress(text: string): boolean {
  return (
    URL.canParse(`http://[${text}]`) ||
    (/^\d+(\.\d+){3}$/.test(text) && URL.canParse(`http://${text}`) && !/(^|\.)0\d/.test(text))
  )
}

/** Mapped (`::ffff:a.b.c.d`) and translated (`64:ff9b::`) addresses count as the IPv4 address in them. */
function inside(text: string): boolean {
  if (!text.includes(':')) return INSIDE.check(text, 'ipv4')
  const host = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const mapped = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host)
  if (mapped === null) return INSIDE.check(host, 'ipv6')
  const number = Number.parseInt(mapped[1] as string, 16) * 65_536 + Number.parseInt(mapped[2] as string, 16)
  return INSIDE.check([24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.'), 'ipv4')
}

function addressOf(chance: Chance): string {
  const v4 = Array.from({ length: 4 }, () =>
    chance.one([0, 1, 10, 100, 127, 169, 172, 192, 168, 254, 255, chance.below(256)]),
  ).join('.')
  if (chance.once(2)) return v4
  if (chance.once(2)) return chance.one(['::ffff:', '64:ff9b::', '::', '2002:', 'fe80::']) + v4
  const words = Array.from({ length: 8 }, () =>
    chance.one(['0', 'ffff', 'fc00', 'fe80', '2001', '2002', chance.below(65_536).toString(16)]),
  )
  return chance.once(2) ? words.join(':') : `${words.slice(0, 3).join(':')}::${words.slice(6).join(':')}`
}
