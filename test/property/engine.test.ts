import { test } from 'vitest'
import type { Life } from '../fuzz/engine/command.ts'
import { ENGINES } from '../fuzz/engine/index.ts'
import { broken } from '../fuzz/target.ts'
import { holds } from './laws.ts'

/** Lives in one test; a file is slower than maps. */
const LIVES: Readonly<Record<string, number>> = { 'engine-memory': 80, 'engine-windows': 80, 'engine-sqlite': 8 }
const NAMED = ENGINES.map((engine) => [engine.name, engine] as const)

test.each(NAMED)(
  '%s: the engine does what its model says',
  async (name, engine) => {
    await holds(engine, LIVES[name] ?? 10)
  },
  60_000,
)

/** It was found by chance: what waits behind a dead letter filled the window, and no other key ran any more. */
const BEHIND_A_DEAD_LETTER: Life = {
  scripts: [[], [], [], [], [], [], [], [], [], [], [], [['refused']]],
  commands: [11, 6, 8, 2, 0].map((n) => ({ do: 'send', events: [{ n, good: true }] })),
}

test.each(NAMED)('%s: what waits behind a dead letter takes no room from other keys', async (_, engine) => {
  await engine.check(BEHIND_A_DEAD_LETTER, broken)
})
