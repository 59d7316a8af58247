import type { AnyTarget } from '../target.ts'
import { faultPlan } from './fault-plan.ts'
import { formRender, formText } from './form.ts'
import { PROVIDERS } from './provider.ts'

export const SANDBOX_TARGETS: readonly AnyTarget[] = [formText, formRender, faultPlan, ...PROVIDERS]
