/** Requests of one door, counted by class of status and, where refused, by code. */
export interface RequestCounts {
  /** The declared source, or `admin`, `health`, `other`: a closed list, whatever is asked for. */
  readonly source: string
  /** Index 1 to 5 for 1xx to 5xx. */
  readonly classes: number[]
  /** By stable code: a closed list too. */
  readonly refusals: Map<string, number>
}

export function createCounts(source: string): RequestCounts {
  return { source, classes: [0, 0, 0, 0, 0, 0], refusals: new Map() }
}

export function countRefusal({ refusals }: RequestCounts, code: string): void {
  refusals.set(code, (refusals.get(code) ?? 0) + 1)
}
