export { signGithub, signHubspot, signShopify, signStandard, signStripe } from '../adapter/signature/index.ts'
export type { History } from '../port/store.ts'
export {
  type Call,
  type ConnectorSubject,
  connectorSuite,
  type DocumentedAnswer,
  type Example,
  type ExampleSpec,
  example,
  modelProvider,
  type Pages,
  type ProviderUnderTest,
} from './connector-suite/index.ts'
export {
  type Answered,
  type Cast,
  createTally,
  type Failure,
  type KeyedOptions,
  keyedProvider,
  type Run,
  type RunOptions,
  run,
  type Scenario,
  type Send,
  type Shrunk,
  type SimulateOptions,
  type SimulationReport,
  type Stage,
  type Subject,
  shrink,
  simulate,
  type Tally,
  tell,
  type WorkerPort,
} from './simulation/index.ts'
export { type Law, type StoreSuiteOptions, type StoreUnderTest, storeSuite } from './store-suite/index.ts'
export { type VirtualClock, virtualClock } from './virtual-clock.ts'
