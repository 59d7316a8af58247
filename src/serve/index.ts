export { type GatewayAddress, gatewayAddress } from './gateway/address.ts'
export { createGateway, type Gateway } from './gateway/gateway.ts'
export { GATEWAY_LIMITS, type GatewayLimits } from './gateway/limits.ts'
export type { GatewayOptions } from './gateway/options.ts'
