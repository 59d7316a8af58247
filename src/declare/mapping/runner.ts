import { compile, explain, type Make } from './compile.ts'
import { generate } from './generate.ts'
import type { Run } from './interpret.ts'
import type { Node } from './node.ts'

/** An expression that can be run. */
export interface Runner {
  /** Compiles on first use. Throws TielineError MAPPING_FAILED naming the field. */
  readonly run: Run
  readonly prepare: () => void
  /** From now on by this code, which was generated from the same expression in another process. */
  readonly adopt: (make: Make) => void
}

export function runner(name: string, node: Node): Runner {
  // Compiles when it is first used, and is what it compiled from then on: a message asks nothing.
  const first: Run = (source) => {
    prepare()
    return map(source)
  }
  let map = first
  function prepare(): void {
    if (map === first) map = compile(node)
  }
  return Object.freeze({
    run: (source: unknown) => {
      try {
        return map(source)
      } catch (thrown) {
        throw explain(name, node, source, thrown)
      }
    },
    prepare,
    adopt: (make: Make) => {
      map = make(generate(node).handed)
    },
  })
}
