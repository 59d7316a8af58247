import type { Rule } from './finding.ts'

/** The path `/events` belongs to the source named `events`, or to the only one. */
export const cloudeventsEndpoint: Rule = ({ endpoints }) => {
  const found = [...new Set(endpoints)].filter(({ scheme }) => scheme === 'cloudevents')
  if (found.length < 2 || found.some(({ name }) => name === 'events')) return []
  return [
    {
      rule: 'cloudevents-endpoint',
      severity: 'warning',
      where: found.map(({ name }) => `source ${name}`).join(', '),
      message: `${found.length} sources take CloudEvents and none of them is named events, so nobody is at /events`,
      advice: 'Name the one that senders reach at /events `events`; the others are at /in/NAME.',
    },
  ]
}
