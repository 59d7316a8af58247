// One thread of the farm: runs blocks of seeds. Importing the simulator waits until a sabotage is planted.
import { parentPort, workerData } from 'node:worker_threads'
import type { Block, Done, Setting } from './protocol.ts'

const { sabotage, scenario } = workerData as Setting
if (sabotage !== undefined) {
  const [{ SABOTAGES }, { plant }] = await Promise.all([import('../sabotage/index.ts'), import('../sabotage/plant.ts')])
  const bug = SABOTAGES.get(sabotage)
  if (bug === undefined) throw new Error(`there is no sabotage ${sabotage}`)
  plant(bug)
}
const [{ createTally, run }, { SCENARIOS, scenarioOf }] = await Promise.all([
  import('tieline/testing'),
  import('../scenario/index.ts'),
])

parentPort?.on('message', async (block: Block) => {
  const tally = createTally()
  for (let seed = block.first; seed < block.first + block.count; seed++) {
    const world = await SCENARIOS[scenario ?? scenarioOf(seed)]?.()
    if (world === undefined) throw new Error(`there is no scenario ${scenario}`)
    tally.add(await run(world, seed))
  }
  parentPort?.postMessage({ block, ...tally.sum() } satisfies Done)
})
