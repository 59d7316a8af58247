import { SABOTAGES } from './sabotage/index.ts'
import { plant } from './sabotage/plant.ts'
import { SCENARIOS, scenarioOf } from './scenario/index.ts'

export interface OneSeed {
  readonly sabotage: string | undefined
  readonly scenario: string | undefined
  readonly json: boolean
}

/** Tells the story of one seed; of a failing one the shortest that still fails. Answers the exit code. */
export async function showSeed(seed: number, { sabotage, scenario, json }: OneSeed): Promise<number> {
  const bug = sabotage === undefined ? undefined : SABOTAGES.get(sabotage)
  if (bug !== undefined) plant(bug)
  const { run, shrink, tell } = await import('tieline/testing')
  const world = await SCENARIOS[scenario ?? scenarioOf(seed)]?.()
  if (world === undefined) return 2
  const began = performance.now()
  const first = await run(world, seed, { story: true })
  const failed = first.failure === undefined ? 0 : 1
  const right = failed === (bug === undefined ? 0 : 1)
  if (json) {
    const seconds = Number(((performance.now() - began) / 1_000).toFixed(3))
    const { faults, hash, failure } = first
    console.log(
      JSON.stringify({ seeds: 1, failed, seconds, faults, hash, ...(failure === undefined ? {} : { failure }) }),
    )
  } else if (failed === 0) console.log(tell(first))
  else {
    const { run: least, from, to, replays } = await shrink(world, first)
    console.log(`${tell(least)}\n\nshrunk from ${from} choices to ${to} in ${replays} replays; again:`)
    console.log(`npm run simulate -- --seed ${seed}${bug === undefined ? '' : ` --sabotage ${bug.name}`}`)
  }
  return right ? 0 : 1
}
