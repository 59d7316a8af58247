import type { Connector, Operation } from '../../declare/target/operation.ts'
import type { HttpRequest, HttpResponse } from '../../port/http.ts'

/** Calls an operation at the provider of a law, with a key of its own. */
export type Call = <I, O>(operation: Operation<I, O>, input: I) => Promise<O>

/** A provider that was just opened, and what can be seen of it. */
export interface ProviderUnderTest extends Partial<AsyncDisposable> {
  /** A model that answers, or the address of a running sandbox: `http://127.0.0.1:4242`. */
  readonly answers: string | ((request: HttpRequest) => HttpResponse | Promise<HttpResponse>)
  /** All that calls have changed there so far, oldest first. Only how many there are is looked at. */
  readonly effects: () => readonly unknown[] | Promise<readonly unknown[]>
}

/** An answer from the provider's documentation. */
export interface DocumentedAnswer<O> {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text, or what is sent as JSON. */
  readonly body: unknown
  /** What the operation makes of it. Default: anything but an error. */
  readonly gives?: O
}

/** How an operation that answers in pages is read to its end. */
export interface Pages<I, O> {
  /** Makes what is listed, and gives the input of the first page. Two pages or more. */
  readonly given: (call: Call) => I | Promise<I>
  /** The input of the page after this one; undefined after the last. */
  readonly next: (result: O, input: I) => I | undefined
  readonly items: (result: O) => readonly unknown[]
  /** How many there are on all pages. */
  readonly count: number
}

export interface ExampleSpec<I, O> {
  readonly input: I
  /** Leads to another effect than `input`. */
  readonly other: I
  /** The two inputs at a provider that was just opened, where they name what must be made first. Default: `input` and `other`. */
  readonly given?: (call: Call) => Promise<readonly [input: I, other: I]>
  readonly answers?: readonly DocumentedAnswer<O>[]
  /** Where the documentation says that this operation only reads, although it is no GET. */
  readonly reads?: string
  readonly pages?: Pages<I, O>
  /** An input that the provider refuses for itself, among others of a batch. */
  readonly bad?: I
}

/** One operation with what the laws need to know of it. */
export interface Example extends ExampleSpec<unknown, unknown> {
  readonly operation: Operation<unknown, unknown>
}

/** One operation of the connector, with inputs to try it with: `example(crm.deals.upsert, { input: …, other: … })`. */
export function example<I, O>(operation: Operation<I, O>, spec: ExampleSpec<I, O>): Example {
  return Object.freeze({ ...spec, operation }) as unknown as Example
}

/** A connector as data: what the laws are proved on. */
export interface ConnectorSubject {
  readonly connector: Connector
  /** One for each operation. */
  readonly operations: readonly Example[]
  /** Opens an empty provider before each law. Without it nothing is proved of effects. */
  readonly provider?: () => ProviderUnderTest | Promise<ProviderUnderTest>
  /** Made-up values, newest first, where a secret must have a form. Default: text that no provider has. */
  readonly secrets?: Readonly<Record<string, readonly string[]>>
  /** Headers that may carry a secret, lower case; `path` and `body` for those. Default `['authorization']`. */
  readonly secretsIn?: readonly string[]
  /** Where the documentation says that every 4xx may be tried again. */
  readonly retries4xx?: string
  /** Laws that cannot be proved here: name to reason. */
  readonly skip?: Readonly<Record<string, string>>
}
