import { setTimeout as sleep } from 'node:timers/promises'
import type { Control } from '../engine/desk.ts'
import { connect } from './admin/client.ts'
import { type AdminOptions, TARGETS, withAdmin, withFor, withWhy } from './option.ts'
import type { Setup } from './report.ts'
import { signed } from './signed.ts'
import { printable } from './terminal/printable.ts'

interface DrainOptions extends AdminOptions {
  readonly for?: string
  readonly why?: string
}

/** Processes tell twice a second how much is left; the first word of all of them comes within one. */
const LOOK_MS = 500
const SETTLED_LOOKS = 3

export const drain: Setup = (command, perform) => {
  command.argument('<target>', TARGETS)
  withAdmin(withWhy(withFor(command)), "tieline drain connector:netsuite --why 'their maintenance at ten'").action(
    (target: string, options: DrainOptions) =>
      perform(async () => {
        const client = await connect(options)
        const control = await client.post<Control>('drain', { target, for: options.for, why: signed(options.why) })
        let empty = 0
        for (let shown: number | undefined; empty < SETTLED_LOOKS; ) {
          await sleep(LOOK_MS)
          const { controls } = await client.get<{ readonly controls: readonly Control[] }>('controls')
          const now = controls.find((one) => one.target === target && one.kind === 'drain')
          if (now === undefined)
            return { json: { target, drained: false }, text: () => `${printable(target)} was resumed.` }
          empty = now.left === 0 ? empty + 1 : 0
          if (now.left !== shown && process.stderr.isTTY) process.stderr.write(`${now.left ?? '?'} at work\n`)
          shown = now.left
        }
        return {
          json: { ...control, left: 0, drained: true },
          text: () => `Nothing of ${printable(target)} is at work any more; its messages wait until you resume it.`,
        }
      }),
  )
}
