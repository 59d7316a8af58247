export { createTokens, type TokensOptions } from './tokens.ts'
