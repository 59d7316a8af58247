import { type Flow, PRIORITIES } from '../../declare/flow/flow.ts'

/** Of calls through a gate that is short, the more urgent class has so many to one of the others. */
const TIMES = 8
/** A flow that was kept short so lately has more. Milliseconds. */
const HUNGRY_MS = 250
/** What was served counts half after so long. Milliseconds. */
const HALF_MS = 1_000

/** Which flow's turn it is where flows of several classes share a connector whose gates let fewer through than there are. */
export class Precedence {
  readonly #rivals: ReadonlyMap<Flow, readonly Flow[]>
  readonly #served = new Map<Flow, { count: number; atMono: number }>()
  readonly #hungryUntil = new Map<Flow, number>()

  /** @param connectorOf the connector that a flow's messages begin with */
  constructor(flows: readonly Flow[], connectorOf: (flow: Flow) => string | undefined) {
    this.#rivals = new Map(
      flows.map((flow) => [
        flow,
        flows.filter((other) => rank(other) < rank(flow) && connectorOf(other) === connectorOf(flow)),
      ]),
    )
  }

  /** A flow took so many; `short`: all that the gates had room for. */
  took(flow: Flow, count: number, short: boolean, now: number): void {
    if (count > 0) this.#served.set(flow, { count: this.#lately(flow, now) + count, atMono: now })
    if (short && count > 0) this.#hungryUntil.set(flow, now + HUNGRY_MS)
  }

  /** The gates had no room for a flow that has more. */
  foundNone(flow: Flow, now: number): void {
    if ((this.#hungryUntil.get(flow) ?? 0) > now) this.#hungryUntil.set(flow, now + HUNGRY_MS)
  }

  /** For so long more urgent work goes first, in milliseconds; 0: it is this one's turn. Asked only where a gate is short. */
  yieldsFor(flow: Flow, now: number): number {
    let longest = 0
    for (const other of this.#rivals.get(flow) ?? []) {
      const hungryMs = (this.#hungryUntil.get(other) ?? 0) - now
      if (hungryMs > longest && this.#lately(flow, now) * TIMES > this.#lately(other, now)) longest = hungryMs
    }
    return longest
  }

  #lately(flow: Flow, now: number): number {
    const served = this.#served.get(flow)
    return served === undefined ? 0 : served.count * 0.5 ** ((now - served.atMono) / HALF_MS)
  }
}

function rank({ priority }: Flow): number {
  return PRIORITIES.indexOf(priority)
}
