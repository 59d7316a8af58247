import { type Flow, PRIORITIES } from '../../declare/flow/flow.ts'

/** Of calls to a connector that several flows would make, the more urgent class has so many to one of the others. */
const TIMES = 8
/** A flow that took all it might so lately has more. Milliseconds. */
const HUNGRY_MS = 250
const MANY = 1_000_000

/** Which flow's turn it is where flows of several classes share a connector. */
export class Precedence {
  readonly #rivals: ReadonlyMap<Flow, readonly Flow[]>
  readonly #served = new Map<Flow, number>()
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

  /** A flow might take so many, and took so many. */
  took(flow: Flow, might: number, count: number, now: number): void {
    this.#served.set(flow, this.served(flow) + count)
    if (count > 0 && count >= might) this.#hungryUntil.set(flow, now + HUNGRY_MS)
    if (this.served(flow) > MANY) for (const [one, served] of this.#served) this.#served.set(one, served / 2)
  }

  /** More urgent work waits for the same connector, and it is not this one's turn. */
  yields(flow: Flow, now: number): boolean {
    const urgent = (this.#rivals.get(flow) ?? []).filter((other) => (this.#hungryUntil.get(other) ?? 0) > now)
    return urgent.some((other) => this.served(flow) * TIMES > this.served(other))
  }

  served(flow: Flow): number {
    return this.#served.get(flow) ?? 0
  }
}

function rank({ priority }: Flow): number {
  return PRIORITIES.indexOf(priority)
}
