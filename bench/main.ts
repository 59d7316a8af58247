// npm run bench -- NAME [--json]; --list names the benchmarks, --help tells the options. Exit codes: 0 measured, 1 a promise did not
// hold, 2 wrong use, 3 could not be measured.
import { parseArgs } from 'node:util'
import type { Options, Report } from './bench.ts'
import { BENCHES } from './list.ts'

const HELP = `npm run bench -- NAME [options]

  --json         only the line of JSON on standard output
  --rounds N     every variant once a round, medians over the rounds; default by benchmark
  --seconds N    measured time of each variant in each round; default by benchmark
  --rate N       headline: events offered per second (4000)
  --messages N   waiting: messages that wait; queue: no larger size than this (1000000)
  --largest N    backlog: messages in the largest backlog (1000000)
  --mb N         xml, csv: size of the file, in millions of bytes (200)
  --minutes N    soak: how long (10)
  --only A,B     queue: these systems only; latency, soak and backlog have one
  --short        queue: one small size and one round, for a look
  --list         the names of the benchmarks
  --help         this text
`

const { values, positionals } = parsed()
const [name = '', ...more] = positionals
const found = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
if (values.help || values.list) {
  if (values.help) console.log(HELP)
  for (const line of listed()) console.log(line)
} else if (found === undefined || more.length > 0) {
  wrong(
    [name === '' ? 'which benchmark?' : `there is no benchmark ${positionals.join(' ')}; there are`, ...listed()].join(
      '\n',
    ),
  )
} else {
  const options: Options = {
    rounds: whole('rounds', values.rounds ?? String(found.rounds), 100),
    seconds: whole('seconds', values.seconds ?? String(found.seconds), 600),
    rate: whole('rate', values.rate, 100_000),
    messages: whole('messages', values.messages, 10_000_000),
    largest: whole('largest', values.largest, 100_000_000),
    mb: whole('mb', values.mb, 10_000),
    minutes: whole('minutes', values.minutes, 600),
    only: values.only === '' ? [] : values.only.split(','),
    short: values.short,
    note: (line) => console.error(line),
  }
  try {
    const bench = await found.load()
    const { broken, ...report } = await bench(options)
    if (!values.json) print(report)
    console.log(JSON.stringify({ bench: name, ...report }))
    if (broken !== undefined) {
      console.error(`${name}: ${broken}`)
      process.exitCode = 1
    }
  } catch (thrown) {
    console.error(`${name} could not be measured:`, thrown)
    process.exitCode = 3
  }
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        rate: { type: 'string', default: '4000' },
        messages: { type: 'string', default: '1000000' },
        largest: { type: 'string', default: '1000000' },
        mb: { type: 'string', default: '200' },
        minutes: { type: 'string', default: '10' },
        only: { type: 'string', default: '' },
        short: { type: 'boolean', default: false },
      },
    })
  } catch (thrown) {
    return wrong(`${(thrown as Error).message}\n\n${HELP}`)
  }
}

function whole(option: string, text: string, most: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  return wrong(`--${option} ${text}: use a whole number from 1 to ${most}`)
}

function wrong(message: string): never {
  console.error(message)
  process.exit(2)
}

function listed(): readonly string[] {
  return Object.entries(BENCHES).map(([known, { about }]) => `${known.padEnd(10)} ${about}`)
}

function print({ unit, value, peers, ratio }: Report): void {
  console.log(`${name}: ${value} ${unit}`)
  for (const [peer, figure] of Object.entries(peers))
    console.log(`  ${peer.padEnd(18)} ${String(figure).padStart(10)}   ratio ${ratio[peer]}`)
}
