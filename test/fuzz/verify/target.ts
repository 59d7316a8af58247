import { TielineError } from '../../../src/core/error.ts'
import type { Verdict, Verify } from '../../../src/serve/verify/verdict.ts'
import type { Chance } from '../chance.ts'
import { mutateHeaders } from '../mutate/headers.ts'
import { mutateBytes, mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'
import { type Judged, NOW_MS, type Scheme, type Signing, TOLERANCE_MS } from './signing.ts'

const VERDICTS: readonly Verdict[] = ['genuine', 'missing', 'malformed', 'stale', 'future', 'mismatch']

/** A verifier as a target: what was signed is genuine, and nothing else is. */
export function verifier(scheme: Scheme, verify: Verify): AnyTarget {
  return target<Judged, 'takes' | 'refuses' | 'verdict' | 'secret'>({
    name: scheme.name,
    about: scheme.about,
    laws: {
      takes: 'what the sender signed is genuine, with either of two secrets and at both edges of the window',
      refuses:
        'anything else is not: a changed body, signature, stamp, id, method or address, another secret, another time',
      verdict: 'the answer is one of six words',
      secret: 'it throws CONFIG_INVALID and nothing else, and only for secrets that cannot be of the scheme',
    },
    make: (chance) => changed(chance, scheme),
    check(judged, broken) {
      const verdict = said(scheme, verify, judged)
      if (verdict === undefined) return
      if (!VERDICTS.includes(verdict)) broken('verdict', String(verdict))
      const signed = scheme.signed(judged)
      if (signed && verdict !== 'genuine') broken('takes', `${verdict}, though the sender signed it`)
      if (!signed && verdict === 'genuine') broken('refuses', 'genuine, though nobody signed it')

      function said(of: Scheme, judge: Verify, given: Judged): Verdict | undefined {
        try {
          return judge(
            { ...given, headers: given.headers as Record<string, string> },
            given.secrets,
            given.nowMs,
            TOLERANCE_MS,
          )
        } catch (thrown) {
          const allowed = thrown instanceof TielineError && thrown.code === 'CONFIG_INVALID'
          if (!allowed || given.secrets.some((secret) => of.secrets.includes(secret))) broken('secret', String(thrown))
          return undefined
        }
      }
    },
    grow: {
      to: 16_384, // GATEWAY_LIMITS.headerBytes
      run(text) {
        const { request, secret } = scheme.signings[0] as Signing
        for (const name of Object.keys(request.headers)) {
          verify({ ...request, headers: { ...request.headers, [name]: text } }, [secret], NOW_MS, TOLERANCE_MS)
        }
      },
    },
  })
}

/** What was signed, once in eight times as it was; else with a change somewhere. */
function changed(chance: Chance, { secrets, signings }: Scheme): Judged {
  const { request, secret } = chance.one(signings)
  const other = chance.one(signings).request
  const rotated = chance.once(2) ? [secret] : [chance.one(secrets), secret]
  let judged: Judged = { ...request, secrets: rotated, nowMs: NOW_MS }
  for (let changes = chance.once(8) ? 0 : chance.between(1, 3); changes > 0; changes--) {
    judged = { ...judged, ...change(chance, judged, other, secrets) }
  }
  return judged
}

function change(
  chance: Chance,
  judged: Judged,
  other: Signing['request'],
  secrets: readonly string[],
): Partial<Judged> {
  switch (chance.below(12)) {
    case 0:
    case 1:
    case 2:
      return { body: mutateBytes(chance, judged.body, other.body) }
    case 3:
      return { body: other.body }
    case 4:
      return { nowMs: NOW_MS + chance.one([-1, 1]) * (TOLERANCE_MS * chance.between(0, 2) + chance.between(-1, 1)) }
    case 5:
      return { secrets: chance.once(2) ? [chance.one(secrets)] : [mutateText(chance, chance.one(secrets))] }
    case 6:
      return chance.once(2)
        ? { uri: mutateText(chance, judged.uri) }
        : { method: chance.one(['POST', 'PUT', 'post', '', 'POSTh']) }
    default:
      return { headers: mutateHeaders(chance, judged.headers, other.headers as Judged['headers']) }
  }
}
