import type { Rule } from './finding.ts'

/** CloudEvents arrive at the one path `/events`, so one endpoint takes them. */
export const cloudeventsEndpoint: Rule = ({ endpoints }) => {
  const found = [...new Set(endpoints)].filter(({ scheme }) => scheme === 'cloudevents')
  if (found.length < 2) return []
  return [
    {
      rule: 'cloudevents-endpoint',
      severity: 'error',
      where: found.map(({ name }) => `source ${name}`).join(', '),
      message: `${found.length} endpoints take CloudEvents, but there is one path for them, /events`,
      advice: 'Declare one CloudEvents endpoint and start each flow from one of its types.',
    },
  ]
}
