import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SABOTAGES } from './sabotage/index.ts'

const MAIN = join(import.meta.dirname, 'main.ts')

/** What the command answers: its exit code, and the object in its last line. */
function simulate(...options: readonly string[]): {
  readonly status: number | null
  readonly last: never
  stderr: string
} {
  const flags = ['--conditions=@tieline/source', '--disable-warning=ExperimentalWarning']
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, MAIN, ...options], { encoding: 'utf8' })
  const line = stdout.trimEnd().split('\n').at(-1) ?? ''
  return { status, last: (line.startsWith('{') ? JSON.parse(line) : line) as never, stderr }
}

it('every planted bug is found', () => {
  const { status, last } = simulate('--sabotage', 'all', '--json')
  const { foundAfterSeeds } = last as { readonly foundAfterSeeds: Readonly<Record<string, number | null>> }
  expect(Object.entries(foundAfterSeeds).filter(([, seeds]) => seeds === null)).toEqual([])
  expect(Object.keys(foundAfterSeeds).sort()).toEqual([...SABOTAGES.keys()].sort())
  expect(status).toBe(0)
}, 240_000)

it('a failing seed is shrunk to a story that ends with the broken invariant', () => {
  const { status, last } = simulate('--seed', '1', '--sabotage', 'no-dedupe')
  expect(last).toBe('npm run simulate -- --seed 1 --sabotage no-dedupe')
  expect(status).toBe(0)
}, 60_000)

it('threads change nothing', () => {
  const one = simulate('--seeds', '300', '--threads', '1', '--json').last as { readonly hash: string; failed: number }
  const two = simulate('--seeds', '300', '--threads', '2', '--json').last as { readonly hash: string }
  expect(one.failed).toBe(0)
  expect(two.hash).toBe(one.hash)
}, 60_000)

it.each([
  [['--seeds', '0'], '--seeds 0'],
  [['--sabotage', 'gremlin'], '--sabotage gremlin'],
  [['--scenario', 'nowhere'], '--scenario nowhere'],
  [['--what'], '--what'],
])('wrong use: %s', (options, says) => {
  const { status, stderr } = simulate(...options)
  expect(status).toBe(2)
  expect(stderr).toContain(says)
})
