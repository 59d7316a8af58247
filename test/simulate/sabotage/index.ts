import { ENGINE } from './engine.ts'
import type { Sabotage } from './sabotage.ts'
import { STORE } from './store.ts'

/** Every known bug, by name. Each must be found. */
export const SABOTAGES: ReadonlyMap<string, Sabotage> = new Map([...ENGINE, ...STORE].map((one) => [one.name, one]))
