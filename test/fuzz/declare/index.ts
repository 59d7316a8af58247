import type { AnyTarget } from '../target.ts'
import { contracts } from './contract.ts'
import { faults } from './faults.ts'
import { mappings } from './mapping.ts'

export const DECLARE_TARGETS: readonly AnyTarget[] = [contracts, mappings, faults]
