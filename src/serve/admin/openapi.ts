import type { Field } from './field.ts'
import type { Route } from './route.ts'
import { ref, SCHEMAS } from './schemas.ts'

type Part = Readonly<Record<string, unknown>>

export const ADMIN_ROOT = '/admin/v1'

/** The admin API as OpenAPI 3.1, made from the routes that serve it. */
export function openapi(routes: readonly Route[], { token }: { readonly token: boolean }): Part {
  const paths: Record<string, Record<string, Part>> = {}
  for (const route of routes) {
    const path = `${ADMIN_ROOT}${route.path}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tieline admin API',
      version: '1',
      description: 'Everything that the command line does. Answers may grow by fields; what is here keeps its meaning.',
    },
    paths,
    components: {
      schemas: SCHEMAS,
      ...(token ? { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } } : {}),
    },
    ...(token ? { security: [{ token: [] }] } : {}),
  }
}

function operation({ name, summary, fields, answer }: Route): Part {
  const all = Object.entries(fields)
  const parameters = all.filter(([, field]) => field.in !== 'body').map(([key, field]) => parameter(key, field))
  const body = all.filter(([, field]) => field.in === 'body')
  return {
    operationId: name,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body.length === 0
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: bodySchema(body) } } } }),
    responses: {
      200: { description: summary, content: { 'application/json': { schema: answer } } },
      default: {
        description: 'A problem (RFC 9457).',
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    },
  }
}

function parameter(name: string, field: Field<unknown>): Part {
  const list = field.schema['type'] === 'array' ? { style: 'form', explode: false } : {}
  return { name, in: field.in, required: field.required, description: field.describe, schema: field.schema, ...list }
}

function bodySchema(fields: readonly (readonly [string, Field<unknown>])[]): Part {
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([name, { schema, describe }]) => [name, { ...schema, description: describe }]),
    ),
    required: fields.filter(([, field]) => field.required).map(([name]) => name),
    additionalProperties: false,
  }
}
