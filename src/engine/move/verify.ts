import { TielineError } from '../../core/error.ts'
import type { Archive, ArchivedMessage } from '../../port/archive.ts'
import { canonical, difference } from './canonical.ts'
import type { Progress } from './move.ts'

/** A running hash over texts and bytes. */
export interface Hash {
  update(data: string | Uint8Array): unknown
  digest(encoding: 'hex'): string
}

/** What one side holds, read back. */
export interface Tally {
  readonly messages: number
  readonly works: number
  /** Pieces of work by state and flow. */
  readonly states: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Over every message, by id, and the documents by key. */
  readonly sha256: string
}

/**
 * Reads both sides from beginning to end, each by itself, and compares them.
 * @throws {TielineError} MOVE_DIFFERS naming the first difference.
 */
export async function verify(
  from: Archive,
  to: Archive,
  hash: () => Hash,
  total: number,
  progress: Progress,
): Promise<Tally> {
  const sides = [new Side(from, hash()), new Side(to, hash())] as const
  for (;;) {
    const [one, two] = [await sides[0].next(), await sides[1].next()]
    if (one === undefined && two === undefined) break
    const found = one?.first === two?.first ? difference(one, two) : undefined
    if (found !== undefined) throw differs(from, to, `message ${one!.first}, ${found}`)
    if (one?.first !== two?.first) {
      const here = two !== undefined && (one === undefined || two.first < one.first)
      throw differs(from, to, `message ${here ? two.first : one!.first} is only ${here ? 'here' : 'there'}`)
    }
    progress({ as: 'verify', works: sides[1].works, total })
  }
  await compareRest(from, to)
  const [one, two] = [await sides[0].tally(), await sides[1].tally()]
  const found = difference(one, two)
  if (found !== undefined) throw differs(from, to, found)
  return two
}

async function compareRest(from: Archive, to: Archive): Promise<void> {
  const [{ last: there, ...one }, { last: here, ...two }] = [await from.counters(), await to.counters()]
  const counted = here < there ? `last is ${there} there and ${here} here` : difference(one, two)
  if (counted !== undefined) throw differs(from, to, `counters, ${counted}`)
  const documents = difference(byKey(await from.documents()), byKey(await to.documents()))
  if (documents !== undefined) throw differs(from, to, `document ${documents}`)
}

function differs(from: Archive, to: Archive, what: string): TielineError {
  return new TielineError('MOVE_DIFFERS', `${to.name} (here) is not as ${from.name} (there): ${what}`)
}

function byKey<T extends { readonly key: string }>(rows: readonly T[]): Readonly<Record<string, T>> {
  return Object.fromEntries(rows.map((row) => [row.key, row]))
}

/** One side, a page at a time. */
class Side {
  readonly #archive: Archive
  readonly #hash: Hash
  readonly #states = new Map<string, Map<string, number>>()
  #page: readonly ArchivedMessage[] = []
  #at = 0
  #after: number | undefined = 0
  #messages = 0
  works = 0

  constructor(archive: Archive, hash: Hash) {
    this.#archive = archive
    this.#hash = hash
  }

  async next(): Promise<ArchivedMessage | undefined> {
    while (this.#at === this.#page.length && this.#after !== undefined) {
      const { messages, next } = await this.#archive.read(this.#after)
      this.#page = messages
      this.#at = 0
      this.#after = next
    }
    const message = this.#page[this.#at++]
    if (message) this.#count(message)
    return message
  }

  async tally(): Promise<Tally> {
    for (const document of [...(await this.#archive.documents())].sort((a, b) => (a.key < b.key ? -1 : 1)))
      this.#hash.update(JSON.stringify([document.key, document.version, document.body]))
    return {
      messages: this.#messages,
      works: this.works,
      states: Object.fromEntries([...this.#states].map(([state, flows]) => [state, Object.fromEntries(flows)])),
      sha256: this.#hash.digest('hex'),
    }
  }

  #count(message: ArchivedMessage): void {
    const { text, bodies } = canonical(message)
    this.#hash.update(text)
    for (const body of bodies) this.#hash.update(body)
    this.#messages++
    this.works += message.works.length
    for (const { state, flow } of message.works) {
      const flows = this.#states.get(state) ?? new Map<string, number>()
      this.#states.set(state, flows.set(flow, (flows.get(flow) ?? 0) + 1))
    }
  }
}
