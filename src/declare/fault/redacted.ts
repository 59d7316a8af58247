/** Prefixes that providers give to their secrets: Stripe, Standard Webhooks, HubSpot, Shopify, GitHub, Slack. */
const PREFIXED =
  /\b(?:[sr]k_(?:live|test)|whsec|whsk|pat-(?:na|eu|ap)\d|shp(?:at|ss|ca|pa)|gh[opsur]|github_pat|xox[abprs])[-_][\w*./+=-]+/g
/** A scheme of the Authorization header with what follows it; a word without a digit is prose (`Bearer authentication`). */
const SCHEMES = /\b(Bearer|Basic|Token)\s+(?:(?=\S*\d)[\w*.~+/=-]{8,}|[\w*.~+/=-]{24,})/gi
/** `api_key=…`, `"token": "…"`, `password: …`, and `\"token\": \"…\"` of JSON in a string of JSON */
const ASSIGNED =
  /((?:api|access|secret|private)[-_ ]?key|password|passwd|secret|token|signature|authorization)(\\*["']?\s*[:=]\s*\\*["']?)(?:Bearer\s+|Basic\s+)?[^\s"',;&)}]+/gi
/** JSON Web Tokens. */
const JWT = /\beyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

/** Text of the other side for our messages and logs: what looks like a secret is taken out, on one line, at most `limit` characters. */
export function redacted(text: string, limit: number): string {
  const plain = text
    .slice(0, limit * 4) // the patterns run over bounded text; a secret may be cut, so the limit is applied after them
    .replace(CONTROL, ' ')
    .replace(JWT, '[secret]')
    .replace(PREFIXED, '[secret]')
    .replace(SCHEMES, '$1 [secret]')
    .replace(ASSIGNED, '$1$2[secret]')
    .trim()
  return plain.length > limit ? `${plain.slice(0, limit)}…` : plain
}
