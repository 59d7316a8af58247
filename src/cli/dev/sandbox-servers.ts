/** The servers of the sandbox, in the order of their ports; each with its name for people. */
export const SANDBOX_SERVERS: Readonly<Record<'payments' | 'crm' | 'app' | 'salesforce' | 'netsuite', string>> =
  Object.freeze({
    payments: 'payments',
    crm: 'CRM',
    app: 'app',
    salesforce: 'Salesforce',
    netsuite: 'NetSuite',
  } as const)

export type SandboxServer = keyof typeof SANDBOX_SERVERS

export const SANDBOX_NAMES: readonly SandboxServer[] = Object.freeze(Object.keys(SANDBOX_SERVERS) as SandboxServer[])

/** The environment variable that holds the address of one: `SANDBOX_CRM_URL`. */
export function addressVariable(name: SandboxServer): string {
  return `SANDBOX_${name.toUpperCase()}_URL`
}
