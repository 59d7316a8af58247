export { leafPaths } from './schema-field.ts'
