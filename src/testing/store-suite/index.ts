import { acceptLaws } from './accept.ts'
import { chanceLaws } from './chance.ts'
import { claimLaws } from './claim.ts'
import { deadLaws } from './dead.ts'
import { deskLaws } from './desk.ts'
import { documentLaws } from './document.ts'
import { fairnessLaws } from './fairness.ts'
import { journalLaws } from './journal.ts'
import type { Law, Laws } from './law.ts'
import { leaseLaws } from './lease.ts'
import { restartLaws } from './restart.ts'
import { Scene, type StoreUnderTest } from './scene.ts'
import { settleLaws } from './settle.ts'
import { watchLaws } from './watch.ts'

export type { Law } from './law.ts'
export type { StoreUnderTest } from './scene.ts'

export interface StoreSuiteOptions {
  /** Opens an empty store, migrated, before each law. */
  readonly open: () => Promise<StoreUnderTest>
  /** The store has no `watch`. */
  readonly watch?: false
  /** The store cannot be closed and opened again. */
  readonly reopen?: false
  /** Laws that cannot be proved here: name to reason. */
  readonly skip?: Readonly<Record<string, string>>
}

/**
 * What every store must do, as a list of laws for any test runner:
 * `for (const law of storeSuite({ open })) test(law.name, { skip: law.skip }, law.run)`.
 */
export function storeSuite(options: StoreSuiteOptions): readonly Law[] {
  const groups: readonly (readonly [string, Laws, string | undefined])[] = [
    ['accept', acceptLaws, undefined],
    ['claim', claimLaws, undefined],
    ['fairness', fairnessLaws, undefined],
    ['settle', settleLaws, undefined],
    ['lease', leaseLaws, undefined],
    ['dead letters', deadLaws, undefined],
    ['journal', journalLaws, undefined],
    ['documents', documentLaws, undefined],
    ['desk', deskLaws, undefined],
    ['watch', watchLaws, options.watch === false ? 'the store has no watch: the engine polls' : undefined],
    ['restart', restartLaws, options.reopen === false ? 'the store does not outlive its process' : undefined],
    ['chance', chanceLaws, undefined],
  ]
  return groups.flatMap(([group, laws, reason]) =>
    Object.entries(laws).map(([sentence, prove]): Law => {
      const name = `${group}: ${sentence}`
      const skip = reason ?? options.skip?.[name]
      const run = async (): Promise<void> => {
        await using under = await options.open()
        await prove(new Scene(under))
      }
      return Object.freeze(skip === undefined ? { name, run } : { name, skip, run })
    }),
  )
}
