import type { AnyTarget } from '../target.ts'
import { gateway } from './gateway-address.ts'
import { httpAddress, privateAddress } from './http-address.ts'
import { store } from './store-url.ts'

export const CONFIG_TARGETS: readonly AnyTarget[] = [gateway, store, httpAddress, privateAddress]
