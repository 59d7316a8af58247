import { compactDecrypt } from 'jose'
import { expect, test } from 'vitest'
import { keysIn, sealOf } from './seal.ts'

const [one, two, three] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array, Uint8Array]

test('sealed with the newest key, opened with any, tampering noticed', async () => {
  const old = await sealOf([one]).seal('hush')
  const both = sealOf([two, one])
  expect(await both.open(old)).toBe('hush')
  const fresh = await both.seal('hush')
  expect(await sealOf([one]).open(fresh)).toBeUndefined()
  expect(await sealOf([three, two]).open(fresh)).toBe('hush')
  expect(await both.open(`${fresh.slice(0, -8)}AAAAAAAA`)).toBeUndefined()
  expect(await both.open('')).toBeUndefined()
  expect((await compactDecrypt(fresh, two)).protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM' })
})

test.each([['short'], [Buffer.alloc(31).toString('base64')], [Buffer.alloc(33).toString('base64')], ['hush hush!']])(
  'the key %s is refused without being told',
  (text) => {
    expect(() => keysIn({ read: () => [text] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining(text) }),
    )
  },
)

test('base64 and base64url, newest first', () => {
  const bytes = new Uint8Array(32).fill(251)
  const both = ['base64', 'base64url'].map((form) => Buffer.from(bytes).toString(form as 'base64'))
  expect(keysIn({ read: () => both }).map((key) => [...key])).toEqual([[...bytes], [...bytes]])
  expect(keysIn({ read: () => [] })).toEqual([])
})
