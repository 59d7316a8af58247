import { faultOf } from '../core/fault.ts'
import type { Flow } from '../declare/flow/flow.ts'
import type { Log } from '../port/log.ts'

/** Compiles what may be compiled before the first message needs it. Checks and mappings are right before and after. Never throws. */
export async function prepareFlows(flows: readonly Flow[], log: Log): Promise<void> {
  for (const flow of flows) {
    try {
      await flow.into?.prepare()
      for (const { from, map } of flow.inputs) {
        map?.prepare()
        await from.contract?.prepare()
        await from.endpoint.envelope?.prepare()
      }
    } catch (error) {
      log('warn', 'engine.prepare', { flow: flow.name, fault: faultOf(error) })
    }
  }
}
