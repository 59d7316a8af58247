export { type Auth, basic, bearer, bearerToken, header, queryKey } from './auth.ts'
export type { Calling } from './connector.ts'
export {
  type Declare,
  type DecodedCall,
  type Done,
  type HttpCall,
  type HttpConnector,
  type HttpOptions,
  type HttpPath,
  http,
} from './http.ts'
export { path, type Query } from './path.ts'
export { type Signable, type SigningOptions, signed } from './signed.ts'
