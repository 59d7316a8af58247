import type { Scenario } from 'tieline/testing'

/** Loaded when they are needed, so that a sabotage is planted before. */
export const SCENARIOS: Readonly<Record<string, () => Promise<Scenario>>> = {
  orders: async () => (await import('./orders/orders.ts')).orders,
  'payments-crm': async () => (await import('./payments-crm/payments-crm.ts')).paymentsCrm,
}

/** Every twentieth world is the whole example, which costs several times as much; the others are made for density of faults. */
export const scenarioOf = (seed: number): string => (seed % 20 === 0 ? 'payments-crm' : 'orders')
