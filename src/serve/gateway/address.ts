import { TielineError } from '../../core/error.ts'

export interface GatewayAddress {
  readonly host?: string
  readonly port?: number
  readonly publicUrl?: string
  readonly adminToken?: string
}

/**
 * Where to listen and who may steer: `TIELINE_HOST`, `TIELINE_PORT`, `TIELINE_PUBLIC_URL` and `TIELINE_ADMIN_TOKEN` win over what is declared.
 * Empty, the first three count as not set: an empty host would listen on all addresses. An empty token stays one that nobody has.
 * @throws {TielineError} CONFIG_INVALID for a port that is none
 */
export function gatewayAddress(
  env: Readonly<Record<string, string | undefined>>,
  declared: GatewayAddress = {},
): GatewayAddress {
  const port = env['TIELINE_PORT'] || declared.port
  if (port !== undefined && !(/^\d{1,5}$/.test(String(port)) && Number(port) <= 65_535)) {
    throw new TielineError('CONFIG_INVALID', `port ${port}: use a whole number from 0 to 65535`)
  }
  const host = env['TIELINE_HOST'] || declared.host
  const publicUrl = env['TIELINE_PUBLIC_URL'] || declared.publicUrl
  const adminToken = env['TIELINE_ADMIN_TOKEN']
  return {
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(host === undefined ? {} : { host }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(adminToken === undefined ? {} : { adminToken }),
  }
}
