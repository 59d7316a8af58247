export { type Auth, basic, bearer, header } from './auth.ts'
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
