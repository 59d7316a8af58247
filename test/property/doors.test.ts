import { expect, test } from 'vitest'
import { DOORS } from '../fuzz/targets.ts'
import { holds } from './laws.ts'

// The same laws by the million: npm run fuzz.
test.each(DOORS.map((door) => [door.name, door] as const))('%s', async (_, door) => {
  await holds(door, 1_000)
})

test('no prototype was changed', () => expect(Object.keys(Object.prototype)).toEqual([]))
