import type { AnyTarget } from '../target.ts'
import { cloudEvents } from './cloudevents.ts'
import { headerCheck } from './header-check.ts'
import { hubspotSplit } from './hubspot-split.ts'
import { senders } from './senders.ts'
import { trace } from './trace.ts'

export const EVENT_TARGETS: readonly AnyTarget[] = [cloudEvents, senders, hubspotSplit, trace, headerCheck]
