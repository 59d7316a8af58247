import { invalid } from '../http/connector.ts'

/** Account ids: `1234567`, `1234567_SB1` of a sandbox, `TSTDRV1234567`. */
const ACCOUNT = /^[A-Za-z0-9]{1,30}(?:[_-][A-Za-z0-9]{1,10}){0,2}$/

/**
 * The account's own domain: the account id in lower case, with `-` for `_`.
 * Source: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1546938065.html. Where Company Information, Company URLs
 * shows another one, `baseUrl` says it.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function accountUrl(name: string, account: string): string {
  if (!ACCOUNT.test(account)) {
    throw invalid(name, `account ${JSON.stringify(account)}: use the account id, such as 1234567 or 1234567_SB1`)
  }
  return `https://${account.toLowerCase().replaceAll('_', '-')}.suitetalk.api.netsuite.com`
}
