import type { Scenario } from 'tieline/testing'

/** Loaded when they are needed, so that a sabotage is planted before. */
export const SCENARIOS: Readonly<Record<string, () => Promise<Scenario>>> = {
  orders: async () => (await import('./orders/orders.ts')).orders,
  gates: async () => (await import('./gates/gates.ts')).gates,
  'payments-crm': async () => (await import('./payments-crm/payments-crm.ts')).paymentsCrm,
}

/** Every twentieth world is the whole example, which costs several times as much; every twentieth is about gates; the others are made for density of faults. */
export const scenarioOf = (seed: number): string =>
  seed % 20 === 0 ? 'payments-crm' : seed % 20 === 10 ? 'gates' : 'orders'
