import { Worker } from 'node:worker_threads'
import type { Block, Done, Setting } from './protocol.ts'

export interface FarmOptions extends Setting {
  readonly first: number
  readonly seeds: number
  readonly threads: number
  /** Gives up after the first block with a failure. */
  readonly untilFailure: boolean
  readonly progress: (done: number, failed: number) => void
}

export interface Harvest {
  readonly seeds: number
  /** Ascending. */
  readonly failed: readonly number[]
  readonly faults: Readonly<Record<string, number>>
  readonly hash: string
}

const BLOCK = 100
/** A block that takes so long hangs: code that never waits cannot be stopped from inside. */
const BLOCK_MS = 300_000

/** Runs seeds on several threads, a block at a time. Which thread ran what does not show in the result. */
export async function harvest(options: FarmOptions): Promise<Harvest> {
  const { first, seeds, threads, untilFailure, progress } = options
  const failed: number[] = []
  const faults: Record<string, number> = {}
  let hash = 0n
  let next = first
  let done = 0

  const take = (): Block | undefined => {
    if (next >= first + seeds || (untilFailure && failed.length > 0)) return undefined
    const block = { first: next, count: Math.min(BLOCK, first + seeds - next) }
    next += block.count
    return block
  }

  function reap(one: Done): void {
    done += one.block.count
    failed.push(...one.failed)
    for (const [kind, count] of Object.entries(one.faults)) faults[kind] = (faults[kind] ?? 0) + count
    hash = BigInt.asUintN(64, hash + BigInt(`0x${one.hash}`))
    progress(done, failed.length)
  }

  async function work(): Promise<void> {
    const { sabotage, scenario } = options
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { sabotage, scenario } satisfies Setting,
      resourceLimits: { maxYoungGenerationSizeMb: 64 }, // a world lives for a millisecond and should die young
    })
    try {
      for (let block = take(); block !== undefined; block = take()) reap(await ask(worker, block))
    } finally {
      await worker.terminate()
    }
  }

  await Promise.all(Array.from({ length: Math.min(threads, Math.ceil(seeds / BLOCK)) }, work))
  return { seeds: done, failed: failed.sort((a, b) => a - b), faults, hash: hash.toString(16).padStart(16, '0') }
}

function ask(worker: Worker, block: Block): Promise<Done> {
  return new Promise((resolve, reject) => {
    const hangs = setTimeout(() => reject(new Error(`seeds from ${block.first} on do not come to an end`)), BLOCK_MS)
    const over = (then: () => void): void => {
      clearTimeout(hangs)
      worker.off('message', answered).off('error', failed)
      then()
    }
    const answered = (done: Done): void => over(() => resolve(done))
    const failed = (error: Error): void => over(() => reject(error))
    worker.on('message', answered).on('error', failed)
    worker.postMessage(block)
  })
}
