import type { Law } from '../store-suite/law.ts'
import { batchLaws } from './batch.ts'
import { classificationLaws } from './classification.ts'
import { effectLaws } from './effects.ts'
import type { ConnectorLaws } from './law.ts'
import { pagingLaws } from './paging.ts'
import { purityLaws } from './purity.ts'
import { quotaLaws } from './quota.ts'
import { requestLaws } from './requests.ts'
import { secretLaws } from './secrets.ts'
import { Stage } from './stage.ts'
import type { ConnectorSubject } from './subject.ts'
import { totalLaws } from './total.ts'

export { modelProvider } from './model.ts'
export {
  type Call,
  type ConnectorSubject,
  type DocumentedAnswer,
  type Example,
  type ExampleSpec,
  example,
  type Pages,
  type ProviderUnderTest,
} from './subject.ts'

const GROUPS: readonly (readonly [string, ConnectorLaws])[] = [
  ['purity', purityLaws],
  ['robustness', totalLaws],
  ['requests', requestLaws],
  ['secrets', secretLaws],
  ['faults', classificationLaws],
  ['effects', effectLaws],
  ['pages', pagingLaws],
  ['batches', batchLaws],
  ['quota', quotaLaws],
]

/**
 * What every connector must do, as a list of laws for any test runner:
 * `for (const law of connectorSuite(subject)) test(law.name, { skip: law.skip ?? false }, law.run)`.
 * A law that the subject does not declare enough for says so in `skip`.
 */
export function connectorSuite(subject: ConnectorSubject): readonly Law[] {
  return GROUPS.flatMap(([group, laws]) =>
    Object.entries(laws).map(([sentence, { needs, prove }]): Law => {
      const name = `${group}: ${sentence}`
      const skip = subject.skip?.[name] ?? needs?.(subject)
      const run = async (): Promise<void> => prove(new Stage(subject))
      return Object.freeze(skip === undefined ? { name, run } : { name, skip, run })
    }),
  )
}
