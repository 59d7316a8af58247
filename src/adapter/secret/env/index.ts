export { envSecrets } from './env-secrets.ts'
