import { batchOperation } from './batch-operation.ts'
import { callTimeout } from './call-timeout.ts'
import { cloudeventsEndpoint } from './cloudevents-endpoint.ts'
import { compensation } from './compensation.ts'
import type { Declared, Finding, Rule } from './finding.ts'
import { hedgedRead } from './hedged-read.ts'
import { idempotentRetry } from './idempotent-retry.ts'
import { lossyField } from './lossy-field.ts'
import { meaning } from './meaning.ts'
import { reachableTarget } from './reachable-target.ts'
import { requiredField } from './required-field.ts'
import { secretSet } from './secret-set.ts'
import { uniqueName } from './unique-name.ts'
import { unmappedField } from './unmapped-field.ts'

/** Every rule by its name, in the order in which findings are shown. */
export const RULES: Readonly<Record<string, Rule>> = Object.freeze({
  'unique-name': uniqueName,
  'cloudevents-endpoint': cloudeventsEndpoint,
  'reachable-target': reachableTarget,
  'secret-set': secretSet,
  'idempotent-retry': idempotentRetry,
  'call-timeout': callTimeout,
  'hedged-read': hedgedRead,
  'batch-operation': batchOperation,
  compensation,
  'required-field': requiredField,
  'unmapped-field': unmappedField,
  'lossy-field': lossyField,
  meaning,
})

/** What all rules find, but those named in `skip`. */
export function checkDeclarations(declared: Declared, skip: readonly string[] = []): readonly Finding[] {
  return Object.entries(RULES).flatMap(([name, rule]) => (skip.includes(name) ? [] : rule(declared)))
}
