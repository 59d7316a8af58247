import { connectorsOf } from './call.ts'
import type { Declared, Finding, Rule } from './finding.ts'

/** Every secret that an endpoint or a connector names has a value, and every endpoint that verifies names one. Values are never looked at. */
export const secretSet: Rule = ({ flows, endpoints, secretProblem = () => undefined }) => [
  ...unproven(endpoints),
  ...[
    ...endpoints.flatMap(({ name, secret }) =>
      secret === undefined ? [] : [[`source ${name}`, secret.secret] as const],
    ),
    ...connectorsOf(flows).flatMap(({ name, secrets }) =>
      secrets.map((secret) => [`connector ${name}`, secret] as const),
    ),
  ].flatMap(([where, secret]) => {
    const problem = secretProblem(secret)
    return problem === undefined ? [] : [finding(where, problem, `Set the environment variable ${secret}.`)]
  }),
]

const unproven = (endpoints: Declared['endpoints']): readonly Finding[] =>
  endpoints
    .filter(({ scheme, secret }) => scheme !== 'cloudevents' && scheme !== 'outbox' && secret === undefined)
    .map(({ name, scheme }) =>
      finding(
        `source ${name}`,
        `${scheme} signatures are verified with a secret, and none is named`,
        "Say secret: secret('NAME').",
      ),
    )

const finding = (where: string, message: string, advice: string): Finding => ({
  rule: 'secret-set',
  severity: 'error',
  where,
  message,
  advice,
})
