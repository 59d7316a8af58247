import { harvest } from '../farm/farm.ts'
import { SABOTAGES } from './index.ts'

export interface FindAll {
  readonly seeds: number
  readonly first: number
  readonly scenario: string | undefined
  readonly threads: number
  readonly json: boolean
}

/** Plants each known bug in turn and looks for it. Answers the exit code: 0 when every one is found. */
export async function findAll({ seeds, first, scenario, threads, json }: FindAll): Promise<number> {
  const began = performance.now()
  const found: Record<string, number | null> = {}
  const names = [...SABOTAGES.keys()].values()
  const search = async (): Promise<void> => {
    for (const sabotage of names) {
      const options = {
        first,
        seeds,
        threads: 1,
        sabotage,
        scenario: scenario ?? SABOTAGES.get(sabotage)?.scenario,
        untilFailure: true,
        progress: () => {},
      }
      const { failed } = await harvest(options)
      found[sabotage] = failed[0] === undefined ? null : failed[0] - first + 1
      console.error(`${sabotage.padEnd(26)} ${found[sabotage] ?? `NOT FOUND in ${seeds} seeds`}`)
    }
  }
  await Promise.all(Array.from({ length: threads }, search))
  const missed = Object.values(found).filter((seed) => seed === null).length
  const seconds = Number(((performance.now() - began) / 1_000).toFixed(2))
  if (json) console.log(JSON.stringify({ sabotages: SABOTAGES.size, missed, seconds, foundAfterSeeds: found }))
  else console.log(`${SABOTAGES.size - missed} of ${SABOTAGES.size} sabotages found, ${seconds} s`)
  return missed === 0 ? 0 : 1
}
