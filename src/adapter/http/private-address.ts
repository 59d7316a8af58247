import { isIP, isIPv4 } from 'node:net'

/**
 * IPv4 blocks that are not globally reachable, as [first address, prefix length].
 * Source: IANA IPv4 Special-Purpose Address Registry (RFC 6890), and RFC 1112 for multicast.
 */
const V4_BLOCKS = [
  ['0.0.0.0', 8], // this network, unspecified
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, cloud metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // IETF protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relay, deprecated
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const

const V4 = V4_BLOCKS.map(([first, length]) => ({ first: v4(first), shift: 32 - length }))

/** True when a connection to this address may stay inside: everything but global unicast. Text that is no address is private too. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.split('%', 1)[0] as string // fe80::1%eth0
  const family = isIP(plain)
  if (family === 4) return isPrivateV4(v4(plain))
  return family === 6 ? isPrivateV6(words(plain)) : true
}

function isPrivateV4(address: number): boolean {
  return V4.some(({ first, shift }) => address >>> shift === first >>> shift)
}

/**
 * Only 2000::/3 is global unicast today; of it, what wraps other networks is refused. Addresses that carry an IPv4 address are judged by it.
 * Source: IANA IPv6 Special-Purpose Address Registry (RFC 6890), RFC 4291, RFC 6052, RFC 9637.
 */
function isPrivateV6(w: readonly number[]): boolean {
  const [a, b] = [w[0] as number, w[1] as number]
  const inner = ((w[6] as number) << 16) | (w[7] as number)
  const zero = (from: number, to: number): boolean => w.slice(from, to).every((word) => word === 0)
  if (zero(0, 5) && w[5] === 0xffff) return isPrivateV4(inner >>> 0) // ::ffff:0:0/96, IPv4-mapped
  if (a === 0x64 && b === 0xff9b && zero(2, 6)) return isPrivateV4(inner >>> 0) // 64:ff9b::/96, NAT64
  if (a >>> 13 !== 1) return true // outside 2000::/3: loopback, ULA, link-local, multicast, local NAT64 …
  if (a === 0x2001 && b < 0x200) return true // 2001::/23: Teredo, ORCHID, benchmarking
  if (a === 0x2001 && b === 0xdb8) return true // documentation
  if (a === 0x2002) return true // 6to4: wraps any IPv4 address
  return a === 0x3fff && b < 0x1000 // 3fff::/20, documentation
}

function v4(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** The eight 16-bit words of a valid IPv6 address. */
function words(address: string): readonly number[] {
  const tail = address.slice(address.lastIndexOf(':') + 1)
  let text = address
  if (isIPv4(tail)) {
    const n = v4(tail)
    text = `${address.slice(0, -tail.length)}${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}`
  }
  const [left = '', right] = text.split('::')
  const head = left === '' ? [] : left.split(':')
  const rest = right === undefined || right === '' ? [] : right.split(':')
  const gap = right === undefined ? 0 : 8 - head.length - rest.length
  return [...head, ...Array<string>(gap).fill('0'), ...rest].map((word) => Number.parseInt(word, 16))
}
