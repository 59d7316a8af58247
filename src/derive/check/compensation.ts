import type { Rule } from './finding.ts'

/** Each saga step says how its effect is undone, or why it cannot be: what happens after a later failure is decided before it happens. */
export const compensation: Rule = ({ flows }) =>
  [...new Map(flows.flatMap(({ to }) => (to.kind === 'saga' ? [[to.name, to] as const] : []))).values()].flatMap(
    (saga) =>
      saga.steps
        .filter((step) => step.undo === undefined && step.irreversible === undefined)
        .map((step) => ({
          rule: 'compensation',
          severity: 'error' as const,
          where: `saga ${saga.name} / step ${step.name}`,
          message: 'nothing undoes this step when a later one fails for good',
          advice: "Add undo: (context) => …, or irreversible: 'why it cannot or need not be undone'.",
        })),
  )
