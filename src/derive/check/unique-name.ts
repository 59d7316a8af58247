import type { Finding, Rule } from './finding.ts'

/** Names are identities: work, dead letters and paths are found by them. */
export const uniqueName: Rule = ({ flows, endpoints }) => {
  const sources = [...new Set(endpoints)]
  const taken = new Set(flows.map((flow) => flow.name))
  return [
    ...repeated(flows).map((name) =>
      finding(`flow ${name}`, 'two flows have this name', 'Give one of them another name.'),
    ),
    ...repeated(sources).map((name) =>
      finding(
        `source ${name}`,
        'two endpoints have this name, so one path',
        'Declare the endpoint once and share it, or name the second one.',
      ),
    ),
    ...flows
      .filter(({ was }) => was !== undefined && taken.has(was))
      .map(({ name, was }) =>
        finding(
          `flow ${name}`,
          `it says that it was '${was}', but a flow of that name is declared`,
          `Remove the flow '${was}', or the \`was\`.`,
        ),
      ),
  ]
}

function repeated(named: readonly { readonly name: string }[]): readonly string[] {
  const names = named.map(({ name }) => name)
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}

const finding = (where: string, message: string, advice: string): Finding => ({
  rule: 'unique-name',
  severity: 'error',
  where,
  message,
  advice,
})
