export { type Law, type StoreSuiteOptions, type StoreUnderTest, storeSuite } from './store-suite/index.ts'
export { type VirtualClock, virtualClock } from './virtual-clock.ts'
