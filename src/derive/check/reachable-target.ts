import type { Connector } from '../../declare/target/operation.ts'
import { connectorsOf } from './call.ts'
import type { Finding, Rule } from './finding.ts'

/** A connector's address can be called: well-formed, http or https, and private only where that is said. */
export const reachableTarget: Rule = ({ flows, isPrivate = () => false }) =>
  connectorsOf(flows).flatMap((connector) => {
    const url = URL.parse(connector.baseUrl)
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return [
        finding(
          connector,
          `the address ${JSON.stringify(connector.baseUrl)} is none`,
          'Write https://HOST, with a path if need be.',
        ),
      ]
    }
    if (url.username !== '' || url.password !== '') {
      // The text of the address is not repeated: it would carry the password into logs.
      return [
        finding(
          connector,
          'the address carries a user or a password, which logs would show',
          'Use a secret of the connector.',
        ),
      ]
    }
    if (url.search !== '' || url.hash !== '' || connector.baseUrl.endsWith('/')) {
      return [
        finding(
          connector,
          'the address ends with a slash, a query or a fragment; paths are put behind it',
          `Write ${url.origin}${url.pathname.replace(/\/+$/, '')}.`,
        ),
      ]
    }
    if (isPrivate(url.hostname) && !allows(connector.allow, url.hostname)) {
      return [
        finding(
          connector,
          `${url.hostname} is a private address, and such are refused`,
          `Say allow: ['${url.hostname}'] if it is meant.`,
        ),
      ]
    }
    return []
  })

/** As the HTTP client compares: without case, an IPv6 address with or without brackets. */
function allows(allow: readonly string[], hostname: string): boolean {
  return allow.some((host) => [host.toLowerCase(), `[${host.toLowerCase()}]`].includes(hostname))
}

const finding = (connector: Connector, message: string, advice: string): Finding => ({
  rule: 'reachable-target',
  severity: 'error',
  where: `connector ${connector.name}`,
  message,
  advice,
})
