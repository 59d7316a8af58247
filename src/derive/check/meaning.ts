import { descriptionOf } from '../../declare/contract/describe.ts'
import type { Rule } from './finding.ts'
import { mappingsOf } from './mapped-flow.ts'

const SHOWN = 8

/**
 * A contract that says what some of its fields mean says it of all: what is left out is what somebody will guess. A contract that explains
 * none is not looked at.
 */
export const meaning: Rule = ({ flows }) =>
  // a source's contract is its sender's to explain
  [...new Set(mappingsOf(flows).map(({ to }) => to))].flatMap(({ name, version, jsonSchema }) => {
    const { fields, withoutMeaning: left } = descriptionOf(jsonSchema)
    if (left.length === 0 || left.length === fields.length) return []
    const more = left.length > SHOWN ? ` and ${left.length - SHOWN} more` : ''
    return [
      {
        rule: 'meaning',
        severity: 'warning',
        where: `contract ${name} v${version}`,
        message: `nobody has written down what these fields mean: ${left.slice(0, SHOWN).join(', ')}${more}`,
        advice: `Say it in the contract: fields: { '${left[0]}': { means: '…' } }.`,
      },
    ]
  })
