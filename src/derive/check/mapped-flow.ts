import type { Flow } from '../../declare/flow/flow.ts'
import type { Mapping } from '../../declare/mapping/mapping.ts'

/** The mappings of the flows, each once. */
export function mappingsOf(flows: readonly Flow[]): readonly Mapping<unknown, unknown>[] {
  return [...new Set(flows.flatMap(({ inputs }) => inputs.flatMap(({ map }) => (map === undefined ? [] : [map]))))]
}
