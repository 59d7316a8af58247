import { BlockList } from 'node:net'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { httpClient, type Resolve } from '../../src/adapter/http/index.ts'
import { isPrivateAddress } from '../../src/adapter/http/private-address.ts'
import { TielineError } from '../../src/core/error.ts'
import { httpServer, post } from './servers.ts'

const PRIVATE = [
  ['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254'],
  ['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.168.0.1', '198.18.0.1', '198.19.255.255'],
  ['192.0.2.1', '198.51.100.1', '203.0.113.9', '192.88.99.1', '224.0.0.1', '239.255.255.255', '240.0.0.1'],
  ['255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:a00:1', '::ffff:169.254.169.254', '::7f00:1'],
  [
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::808:808',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
  ],
  [
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2001:10::1',
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    '4000::1',
  ],
].flat()

const SPECIAL =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4'.split(
    ' ',
  )

const PUBLIC = [
  ['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.1'],
  ['169.253.255.255', '172.15.255.255', '172.32.0.0', '192.0.1.1', '192.167.255.255', '198.17.255.255', '198.20.0.0'],
  [
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ],
].flat()

test.each(PRIVATE)('%s is private', (address) => expect(isPrivateAddress(address)).toBe(true))
test.each(PUBLIC)('%s is public', (address) => expect(isPrivateAddress(address)).toBe(false))
test('the blocks are those of an independent list, at random addresses', () => {
  const blocks = new BlockList()
  for (const block of SPECIAL) {
    const [address, length] = block.split('/') as [string, string]
    blocks.addSubnet(address, Number(length), 'ipv4')
  }
  fc.assert(
    fc.property(fc.ipV4(), (address) => isPrivateAddress(address) === blocks.check(address, 'ipv4')),
    { numRuns: 2_000 },
  )
})
test('an IPv6 address that carries an IPv4 address is judged by it', () => {
  fc.assert(
    fc.property(fc.ipV4(), (v4) => {
      const expected = isPrivateAddress(v4)
      const hex = v4.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
      const tail = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`
      return [`::ffff:${v4}`, `::ffff:${tail}`, `64:ff9b::${v4}`, `64:ff9b:0:0:0:0:${tail}`].every(
        (address) => isPrivateAddress(address) === expected,
      )
    }),
  )
})
test('what is no address is private', () => expect(isPrivateAddress('crm.example')).toBe(true))

const http = httpClient()
afterAll(() => http[Symbol.asyncDispose]())

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof TielineError ? error.code : String(error)),
  )
}

describe('private addresses are refused', () => {
  test.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://0x7f.1',
    'http://2130706433',
    'http://017700000001',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://[64:ff9b::7f00:1]',
    'http://169.254.169.254',
    'http://localhost',
    'http://LOCALHOST.',
    'http://app.localhost',
    'https://10.0.0.1',
    'http://①②⑦.0.0.1',
  ])('%s', async (host) => {
    await using server = await httpServer((_, response) => response.end('inside'))
    const { allow: _, ...request } = post(`${host}:${server.port}/`)
    expect(await codeOf(http.request(request))).toBe('ADDRESS_REFUSED')
    expect(await codeOf(http.request({ ...request, allow: ['crm.internal'] }))).toBe('ADDRESS_REFUSED')
    expect(await codeOf(http.request({ ...request, proxy: server.url }))).toBe('ADDRESS_REFUSED')
    expect(server.connections()).toBe(0)
  })

  test('a name is refused when any of its addresses is private', async () => {
    const addresses = [
      { address: '93.184.215.14', family: 4 },
      { address: 'fd00::1', family: 6 },
    ]
    await using own = httpClient({ resolve: (_name, _options, done) => done(null, addresses) })
    const { allow: _, ...request } = post('http://rebind.example/')
    expect(await codeOf(own.request(request))).toBe('ADDRESS_REFUSED')
  })

  test('a name that changes its mind is refused at the next connection', async () => {
    await using server = await httpServer((_, response) => response.end('inside'))
    const asked: string[] = []
    const resolve: Resolve = (name, _options, done) => {
      asked.push(name)
      if (asked.length === 1) done(Object.assign(new Error('try again'), { code: 'EAI_AGAIN' }), [])
      else done(null, [{ address: '127.0.0.1', family: 4 }])
    }
    await using own = httpClient({ resolve })
    const { allow: _, ...request } = post(`http://rebind.example:${server.port}/`)
    expect(await codeOf(own.request(request))).toBe('HTTP_CONNECT')
    expect(await codeOf(own.request(request))).toBe('ADDRESS_REFUSED')
    expect([asked, server.connections()]).toEqual([['rebind.example', 'rebind.example'], 0])
  })

  test('a name without addresses', async () => {
    await using own = httpClient({ resolve: (_name, _options, done) => done(null, []) })
    const { allow: _, ...request } = post('http://nowhere.example/')
    expect(await codeOf(own.request(request))).toBe('HTTP_CONNECT')
  })
})

describe('unless allowed', () => {
  test.each([
    ['http://127.0.0.1', '127.0.0.1'],
    ['http://127.1', '127.0.0.1'],
    ['http://LOCALHOST', 'localhost'],
    ['http://localhost', 'LocalHost'],
  ])('%s by %s', async (host, allowed) => {
    await using server = await httpServer((_, response) => response.end('inside'))
    expect(await codeOf(http.request(post(`${host}:${server.port}/`, { allow: [allowed] })))).toBe('answered')
  })

  test('one caller’s allowance is not another’s, though the connection is there', async () => {
    await using server = await httpServer((_, response) => response.end('inside'))
    const { allow, ...request } = post(server.url)
    expect(await codeOf(http.request({ ...request, ...(allow && { allow }) }))).toBe('answered')
    expect(await codeOf(http.request(request))).toBe('ADDRESS_REFUSED')
  })
})
