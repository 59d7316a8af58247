// Opossum has breaker, timeout and bulkhead in one, and neither retry nor rate limit. As lean as its options make it.
import Circuit from 'opossum'

const circuit = new Circuit(async () => {}, {
  timeout: 10_000,
  errorThresholdPercentage: 50,
  resetTimeout: 60_000,
  rollingCountTimeout: 30_000,
  rollingCountBuckets: 10,
  rollingPercentilesEnabled: false,
  enableSnapshots: false,
  volumeThreshold: 20,
  capacity: 8,
})

export const call = (): Promise<unknown> => circuit.fire()
