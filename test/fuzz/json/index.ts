import type { AnyTarget } from '../target.ts'
import { guard, parse } from './parse.ts'
import { span } from './span.ts'

export const JSON_TARGETS: readonly AnyTarget[] = [parse, guard, span]
