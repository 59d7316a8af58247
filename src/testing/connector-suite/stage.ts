import { TielineError } from '../../core/error.ts'
import type { FaultTable, RequestContext } from '../../declare/target/operation.ts'
import { type Face, facesOf } from './face.ts'
import { KEY, NOW_MS, TOKEN } from './fixed.ts'
import { Line } from './line.ts'
import type { ConnectorSubject } from './subject.ts'

/** What a law works with. */
export class Stage {
  readonly subject: ConnectorSubject
  readonly faces: readonly Face[]
  readonly #secrets: Readonly<Record<string, readonly string[]>>

  constructor(subject: ConnectorSubject) {
    this.subject = subject
    this.faces = subject.operations.flatMap(facesOf)
    const made = subject.connector.secrets.map((name) => [
      name,
      [`made-up-${name}-4e1b77d0`, `made-up-old-${name}-90c2`],
    ])
    this.#secrets = { ...Object.fromEntries(made), ...subject.secrets }
  }

  /** Every value that must stay where it belongs. */
  get secretValues(): readonly string[] {
    return [...Object.values(this.#secrets).flat(), TOKEN]
  }

  /** The fault tables of the connector and of its operations, each once. */
  get tables(): readonly FaultTable[] {
    const { connector, operations } = this.subject
    return [...new Set([connector.faults, ...operations.map(({ operation }) => operation.spec.connector.faults)])]
  }

  context(more: Partial<RequestContext> = {}): RequestContext {
    return Object.freeze({
      idempotencyKey: KEY,
      attempt: 1,
      nowMs: NOW_MS,
      ...(this.subject.connector.credential !== undefined && { token: TOKEN }),
      secret: (name: string) => {
        const values = this.#secrets[name]
        if (values === undefined || !Object.hasOwn(this.#secrets, name))
          throw new TielineError('SECRET_MISSING', `the secret ${name} is not set`)
        return values
      },
      ...more,
    })
  }

  /** A provider that was just opened, at the other end of a line. The law closes it. */
  async open(): Promise<Line> {
    return new Line(this, await this.subject.provider!())
  }
}
