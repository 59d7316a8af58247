/** What a thread is started with. */
export interface Setting {
  /** A bug to plant before anything is loaded. */
  readonly sabotage: string | undefined
  /** One scenario for all seeds; without it every seed has its own. */
  readonly scenario: string | undefined
}

/** Seeds to run, in a row. */
export interface Block {
  readonly first: number
  readonly count: number
}

export interface Done {
  readonly block: Block
  readonly failed: readonly number[]
  readonly faults: Readonly<Record<string, number>>
  /** Sum of the trace hashes, 64 bits in hexadecimal. */
  readonly hash: string
}
