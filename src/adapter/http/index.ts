export { type HttpClient, type HttpClientOptions, httpClient } from './client.ts'
export type { Resolve } from './guard.ts'
