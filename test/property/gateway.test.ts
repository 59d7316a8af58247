import { test } from 'vitest'
import { gateway } from '../fuzz/gateway/index.ts'
import { holds } from './laws.ts'

test('mangled requests over sockets: refused or cut, nothing taken that was not signed, nothing held', () =>
  holds(gateway, 2_000))
