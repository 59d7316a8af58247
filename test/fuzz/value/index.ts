import type { AnyTarget } from '../target.ts'
import { duration } from './duration.ts'
import { instant } from './instant.ts'
import { money } from './money.ts'
import { retryAfter } from './retry-after.ts'
import { secrets } from './secrets.ts'

export const VALUE_TARGETS: readonly AnyTarget[] = [duration, instant, money, retryAfter, secrets]
