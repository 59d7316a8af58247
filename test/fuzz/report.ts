import { printableLines as printable } from '../../src/cli/terminal/printable.ts'
import type { Failure, Result } from './run.ts'
import { show } from './show.ts'
import type { AnyTarget } from './target.ts'

export function printResult(name: string, { runs, seconds, failure }: Result): void {
  const rate = Math.round(runs / Math.max(seconds, 0.001))
  const line = `${name.padEnd(20)} ${String(runs).padStart(9)} runs ${seconds.toFixed(1).padStart(7)} s ${String(rate).padStart(8)}/s`
  process.stderr.write(`${process.stderr.isTTY ? '\r' : ''}${line}  ${failure === undefined ? 'ok' : 'LAW BROKEN'}\n`)
}

/** What a person needs to see it again: the law, the smallest input that was found, the command. */
export function printFailure({ name, laws }: AnyTarget, { law, what, input, run }: Failure, seed: number): void {
  const again = run === undefined ? `--seed ${seed}` : `--seed ${seed} --first ${run} --runs 1`
  const lines = [
    '',
    `target  ${name}`,
    `law     ${law}${laws[law] === undefined ? '' : `: ${laws[law]}`}`,
    `found   ${printable(what)}`,
    `seed    ${seed}${run === undefined ? '' : `, run ${run}`}`,
    ...(run === undefined ? [] : [`input   ${show(input)}`]),
    `again   npm run fuzz -- ${name} ${again}`,
    '',
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}
