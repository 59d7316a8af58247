import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bench, compared, interleave, machine, median, type Options, rounded } from '../bench.ts'
import { FLAGS, owned } from '../process.ts'
import { writeFile } from './file.ts'
import type { Ran } from './run.ts'

/** One reading of the file by a process of its own: its memory is nobody else's. */
async function reading(variant: string, file: string): Promise<Ran> {
  const child = fork(join(import.meta.dirname, 'run.ts'), [variant, file], { execArgv: FLAGS })
  void owned(child)
  return await new Promise((resolve, reject) => {
    const gone = (code: number | null): void => reject(new Error(`${variant} ended with ${code}`))
    child.once('exit', gone).once('message', (said) => {
      child.off('exit', gone)
      resolve(said as Ran)
    })
  })
}

/** @param aside measured in the same rounds, and told in the conditions */
export async function measureFormat(
  format: 'xml' | 'csv',
  variants: readonly string[],
  aside: string | undefined,
  options: Options,
): ReturnType<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'tieline-bench-'))
  const file = join(folder, `records.${format}`)
  try {
    const records = writeFile(format, file, options.mb * 1_000_000)
    const { size } = statSync(file)
    const rate = ({ seconds }: Ran): number => size / 1_000_000 / seconds
    const all = aside === undefined ? variants : [...variants, aside]
    const ran = await interleave(
      Object.fromEntries(all.map((name) => [name, () => reading(`${format}-${name}`, file)])),
      options,
      rate,
    )
    const cpuRate = (name: string): number =>
      median((ran[name] ?? []).map(({ cpuSeconds }) => size / 1_000_000 / cpuSeconds))
    const wrong = all.find((name) => ran[name]?.some((one) => one.records !== records))
    const beside = aside === undefined ? [] : (ran[aside] ?? [])
    const figures = compared(Object.fromEntries(variants.map((name) => [name, ran[name] ?? []])), rate)
    const bare = median((ran['bare-parser'] ?? []).map(rate))
    return {
      unit: 'MB/s',
      better: 'higher',
      ...figures,
      conditions: {
        ...machine(),
        rounds: options.rounds,
        mb: rounded(size / 1_000_000),
        records,
        /** MB per second of processor time, and over the peer's. */
        perCpuSecond: Object.fromEntries(
          all.map((name) => [
            name,
            { value: Math.round(cpuRate(name)), ratio: rounded(cpuRate(name) / cpuRate('bare-parser')) },
          ]),
        ),
        peakMb: Object.fromEntries(
          all.map((name) => [name, Math.max(...(ran[name] ?? []).map(({ peakMb }) => peakMb))]),
        ),
        ...(aside !== undefined && {
          [aside]: { value: Math.round(median(beside.map(rate))), ratio: rounded(median(beside.map(rate)) / bare) },
        }),
      },
      ...(wrong !== undefined && { broken: `${wrong} read another number of records than the ${records} of the file` }),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
