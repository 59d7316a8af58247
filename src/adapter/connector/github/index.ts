export type * from './event.ts'
export { type GithubOptions, type GithubSources, github } from './github.ts'
