import { TielineError } from '../../core/error.ts'
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
 * @throws {TielineError} DECLARATION_INVALID when `skip` names a law that is not there
 */
export function connectorSuite(subject: ConnectorSubject): readonly Law[] {
  const { skip = {} } = subject
  const laws = GROUPS.flatMap(([group, some]) =>
    Object.entries(some).map(([sentence, { needs, prove }]): Law => {
      const name = `${group}: ${sentence}`
      const reason = skip[name] ?? needs?.(subject)
      const run = async (): Promise<void> => prove(new Stage(subject))
      return Object.freeze(reason === undefined ? { name, run } : { name, skip: reason, run })
    }),
  )
  const unknown = Object.keys(skip).find((name) => !laws.some((law) => law.name === name))
  if (unknown === undefined) return laws
  throw new TielineError('DECLARATION_INVALID', `skip ${JSON.stringify(unknown)}: no law has this name`)
}
