import { test } from 'vitest'
import { gateway } from '../fuzz/gateway/index.ts'
import { holds } from './laws.ts'

/** They carry some 2,000 requests. */
const CONNECTIONS = 1_500

test('mangled requests over sockets: refused or cut, nothing taken that was not signed, nothing held', async () => {
  await holds(gateway, CONNECTIONS)
}, 60_000)
