// npm run bench -- NAME [--json] [--rounds 5] [--seconds 3]
import { parseArgs } from 'node:util'
import type { Bench, Report } from './bench.ts'

const BENCHES: Readonly<Record<string, { readonly about: string; readonly load: () => Promise<Bench> }>> = {
  accept: {
    about: 'verified, checked, deduped, fsynced webhooks per second',
    load: async () => (await import('./accept.ts')).accept,
  },
  deliver: {
    about: 'webhooks per second from accept to settled call',
    load: async () => (await import('./deliver.ts')).deliver,
  },
  startup: { about: 'milliseconds from spawn to ready', load: async () => (await import('./startup.ts')).startup },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
  },
})
const name = positionals[0] ?? ''
const found = BENCHES[name]
if (values.list || found === undefined) {
  for (const [known, { about }] of Object.entries(BENCHES)) console.log(`${known.padEnd(10)} ${about}`)
  process.exitCode = values.list ? 0 : 2
} else {
  const bench = await found.load()
  const report = await bench({
    rounds: whole('rounds', values.rounds),
    seconds: Number(values.seconds),
    note: (line) => console.error(line),
  })
  if (!values.json) print(report)
  console.log(JSON.stringify({ bench: name, ...report }))
}

function whole(option: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 100) return number
  console.error(`--${option} ${text}: use a whole number from 1 to 100`)
  process.exit(2)
}

function print({ unit, value, peers, ratio }: Report): void {
  console.log(`${name}: ${value} ${unit}`)
  for (const [peer, figure] of Object.entries(peers))
    console.log(`  ${peer.padEnd(18)} ${String(figure).padStart(10)}   ratio ${ratio[peer]}`)
}
