import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { type Bench, compared, machine, median, rounded } from './bench.ts'
import { FLAGS, owned } from './process.ts'

/** The first is ours; the last is what all of them are around. */
const VARIANTS = ['tieline', 'cockatiel', 'opossum', 'no-op']
const WARM_UP_MS = 500
/** The variants take turns this often: the ratio of what is measured a moment apart holds on a busy machine too. */
const TURN_MS = 50

/** What the child says next; it says why on standard error when it dies instead. */
function said(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void => reject(new Error(`${child.spawnargs.at(-1)} ended with ${code}`))
    child.once('exit', gone).once('message', (message) => {
      child.off('exit', gone)
      resolve(message)
    })
  })
}

async function nanoseconds(child: ChildProcess, ms: number): Promise<number> {
  const answer = said(child)
  child.send(ms)
  return (await answer) as number
}

/** One round: new processes, warmed up, then timed in turn. */
async function round(seconds: number): Promise<readonly number[]> {
  const children = VARIANTS.map((name) => fork(join(import.meta.dirname, 'policy/run.ts'), [name], { execArgv: FLAGS }))
  for (const child of children) void owned(child)
  try {
    await Promise.all(children.map(said))
    for (const child of children) await nanoseconds(child, WARM_UP_MS)
    const figures = children.map((): number[] => [])
    for (let turn = 0; turn < (seconds * 1_000) / TURN_MS; turn++) {
      for (const [i, child] of children.entries()) figures[i]?.push(await nanoseconds(child, TURN_MS))
    }
    return figures.map(median)
  } finally {
    for (const child of children) child.kill()
  }
}

/** Nanoseconds per call through retry with budget, breaker, bulkhead, rate limit and timeout, around an async no-op. */
export const policy: Bench = async ({ rounds, seconds, note }) => {
  const figures: Record<string, number[]> = Object.fromEntries(VARIANTS.map((name) => [name, []]))
  for (let n = 1; n <= rounds; n++) {
    for (const [i, ns] of (await round(seconds)).entries()) {
      const name = VARIANTS[i] as string
      figures[name]?.push(ns)
      note(`round ${n} ${name.padEnd(10)} ${Math.round(ns)}`)
    }
  }
  const { 'no-op': bare = [], ...chains } = figures
  return {
    unit: 'ns/call',
    better: 'lower',
    ...compared(chains, (ns) => ns),
    conditions: {
      ...machine(),
      rounds,
      seconds,
      noOp: rounded(median(bare)),
      peers: {
        tieline:
          'retry with budget, breaker by time, bulkhead, rate limit, timeout; the HTTP exchange keeps the time, by one timer for all',
        cockatiel: 'retry, breaker by time, bulkhead, cooperative timeout; it has no budget and no rate limit',
        opossum: 'breaker by time, capacity, timeout, without percentiles; it has no retry and no rate limit',
      },
    },
  }
}
