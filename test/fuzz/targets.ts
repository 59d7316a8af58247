import { adminFields } from './admin/fields.ts'
import { admin } from './admin/index.ts'
import { CONFIG_TARGETS } from './config/index.ts'
import { DECLARE_TARGETS } from './declare/index.ts'
import { ENGINES } from './engine/index.ts'
import { EVENT_TARGETS } from './event/index.ts'
import { gateway } from './gateway/index.ts'
import { JSON_TARGETS } from './json/index.ts'
import { SANDBOX_TARGETS } from './sandbox/index.ts'
import type { AnyTarget } from './target.ts'
import { VALUE_TARGETS } from './value/index.ts'
import { VERIFIERS } from './verify/index.ts'

/** Every door that is called in process. */
export const DOORS: readonly AnyTarget[] = [
  ...VERIFIERS,
  ...JSON_TARGETS,
  ...EVENT_TARGETS,
  ...VALUE_TARGETS,
  ...DECLARE_TARGETS,
  admin,
  adminFields,
  ...CONFIG_TARGETS,
  ...SANDBOX_TARGETS,
]

/** All, in the order in which they are run. */
export const TARGETS: readonly AnyTarget[] = [...DOORS, gateway, ...ENGINES]
