import type { Scene } from './scene.ts'

/** One property of every store. */
export interface Law {
  readonly name: string
  /** Why it is not proved here. */
  readonly skip?: string
  /** Rejects with an AssertionError when the store breaks it. */
  run(): Promise<void>
}

/** Laws of one verb: name to proof. */
export type Laws = Readonly<Record<string, (scene: Scene) => Promise<void>>>
