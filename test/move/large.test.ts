import { expect, test } from 'vitest'
import { command } from './child.ts'
import { message } from './fill.ts'
import { type Place, scene } from './scene.ts'

const MESSAGES = 20_000
const BYTES = 16_384
const PAUSE_MS = 240_000
/** 320 MB of bodies; what the command may use for everything. */
const NODE = ['--max-old-space-size=64', '--import', new URL('./tell-peak.ts', import.meta.url).href]
const PEAK_KB = 350_000

async function filled(place: Place): Promise<void> {
  await using store = await place.store()
  const body = new Uint8Array(BYTES).fill(97)
  for (let i = 0; i < MESSAGES; i += 500)
    await store.accept(Array.from({ length: 500 }, (_, n) => message(`m${i + n}`, { body })))
}

test(
  '20,000 messages there and back in bounded memory',
  async () => {
    await using at = await scene()
    const [from, there, back] = [at.sqlite('large.db'), at.postgres('large'), at.sqlite('back.db')]
    await filled(from)
    const [one, two] = [
      await command(from, there, ['--json'], { node: NODE }),
      await command(there, back, ['--json'], { node: NODE }),
    ]
    expect([one.code, two.code], one.stderr + two.stderr).toEqual([0, 0])
    const [first, second] = [JSON.parse(one.stdout), JSON.parse(two.stdout)]
    expect(first).toMatchObject({ works: MESSAGES, states: { pending: { orders: MESSAGES } } })
    expect(second.sha256).toBe(first.sha256)
    // Bodies lie outside of that heap.
    for (const { stderr } of [one, two]) expect(Number(/peak (\d+)/.exec(stderr)![1])).toBeLessThan(PEAK_KB)
  },
  PAUSE_MS,
)
