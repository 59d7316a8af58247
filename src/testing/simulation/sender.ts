import type { Invariants } from './invariants.ts'
import { knock } from './knock.ts'
import type { Process } from './process.ts'
import type { Send } from './scenario.ts'
import type { Sim } from './sim.ts'

export interface SenderParts {
  readonly sim: Sim
  readonly invariants: Invariants
  /** How many processes take webhooks. */
  readonly runtimes: number
  /** Those of now; one that is starting takes no connection. */
  readonly processes: readonly (Process | undefined)[]
  /** Once for each send, when its sender is content. */
  readonly content: () => void
}

const GIVES_UP_WAITING_MS = 5_000
const LATE_MS = [0, 40, 900, 4_000]
const AGAIN_MS = [0, 20, 700, 9_000]

/** Webhook senders as they are: they repeat until they are acknowledged, send some twice, some late, and so out of order. */
export function startSending(
  { sim, invariants, runtimes, processes, content }: SenderParts,
  sends: readonly Send[],
): void {
  for (const send of sends) {
    const late = LATE_MS[sim.tape.draw('send', 0.4, LATE_MS.length)] ?? 0
    const letter: Letter = { send, acknowledged: false }
    if (late > 0) sim.say('sender', 'is late', send.name)
    sim.at(send.atMs + late, undefined, () => post(letter, 0))
    const again = AGAIN_MS[sim.tape.draw('send', 0.25, AGAIN_MS.length)] ?? 0
    if (again > 0) sim.at(send.atMs + late + again, undefined, () => post(letter, 0))
  }

  function post(letter: Letter, attempt: number): void {
    const { send } = letter
    const process = processes[sim.tape.draw('send', 0.5, runtimes)]
    let waits = true
    const repeat = (): void => {
      if (!waits) return
      waits = false
      if (!letter.acknowledged) sim.after(500 * 2 ** Math.min(attempt, 5), undefined, () => post(letter, attempt + 1))
    }
    sim.after(GIVES_UP_WAITING_MS, undefined, repeat)
    if (process === undefined) {
      repeat()
      return
    }
    const { life } = process
    sim.after(sim.delay(life), life, () => {
      const door = process.doors.get(send.source)
      if (door === undefined) throw new Error(`the scenario sends to ${send.source}, and no flow has this source`)
      sim.say('sender', `posts to ${life.name}`, send.name)
      const { headers, body } = send.request(sim.wall)
      void knock(door, { url: `/in/${send.source}`, headers, body }).then(({ status, text }) =>
        // What a process has sent arrives though it dies meanwhile.
        sim.after(sim.delay(life), undefined, () => {
          if (sim.tape.draw('land', sim.chance(0.05), 2) === 1) {
            sim.fault('acknowledgement lost', life.name, send.name)
            return
          }
          if (!hear(letter, status, text)) repeat()
          waits = false
        }),
      )
    })
  }

  function hear(letter: Letter, status: number, text: string): boolean {
    const { send } = letter
    const { expected = 'accepted', name, source } = send
    const good = status === 200 || status === 202
    if (good || status === 422) {
      if (good !== (expected === 'accepted')) sim.fail('wrong answer', `${name} is answered ${status}`)
      if (good) invariants.acknowledged(source, idsOf(text))
      if (!letter.acknowledged) {
        letter.acknowledged = true
        sim.say('sender', 'is content', `${name} ${status}`)
        content()
      }
      return true
    }
    sim.say('sender', `is answered ${status}`, name)
    // 401: the clock of the process is wrong, and will be right again.
    if (status < 500 && status !== 429 && status !== 401) sim.fail('wrong answer', `${name} is answered ${status}`)
    return false
  }
}

interface Letter {
  readonly send: Send
  acknowledged: boolean
}

function idsOf(text: string): readonly string[] {
  const answer = JSON.parse(text) as { readonly id?: string; readonly messages?: readonly { readonly id: string }[] }
  return answer.messages?.map(({ id }) => id) ?? (answer.id === undefined ? [] : [answer.id])
}
