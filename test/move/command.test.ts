import { expect, test } from 'vitest'
import { moveProgress } from '../../src/cli/terminal/move-progress.ts'
import { command } from './child.ts'
import { fill } from './fill.ts'
import { scene } from './scene.ts'

test('the report: what was moved, where to go on, what a second run says', async () => {
  await using at = await scene()
  const [from, to] = [at.sqlite('one.db'), at.postgres('one')]
  {
    await using store = await from.store()
    await fill(store)
    // A lease that nobody holds any more stands where the source has a document.
    await using other = await to.store()
    await other.write([{ key: 'controls', expected: 0, body: 'x', expiresInMs: 1 }])
  }
  const kept = await command(from, to, ['--keep'])
  expect(kept).toMatchObject({ code: 0, stderr: '' })
  expect(kept.stdout).toMatch(
    /^moved 29 pieces of work to PostgreSQL schema one of \w+ on 127\.0\.0\.1:\d+; both sides were read back and are equal\.\n/,
  )
  expect(kept.stdout).toMatch(/STATE +FLOW +WORK\n/)
  expect(kept.stdout).toMatch(/^quarantined +\(none\) +1$/m)
  expect(kept.stdout).toMatch(/^25 messages, sha256 [0-9a-f]{64}$/m)
  expect(kept.stdout).toMatch(/is as it was\. Start only one of the two/)
  const again = await command(from, to)
  expect(again.stdout).toMatch(
    /^All 29 pieces of work were moved to PostgreSQL schema one .* by an earlier run\.\n.*starts no more/,
  )
  expect(again).toMatchObject({ code: 0, stderr: '' })
  await using store = await to.store()
  expect(await store.read(['controls'])).toMatchObject([{ version: 2, body: '{"pauses":["x"]}' }])
})

test('a quick move says nothing on the way', () => {
  const said: string[] = []
  const step = moveProgress({ write: (text) => said.push(text) })
  step({ as: 'copy', works: 500, total: 1_000 })
  step({ as: 'verify', works: 1_000, total: 1_000 })
  expect(said).toEqual([])
})
