import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { apiTypes, socketTypes } from './api-types.ts'

const problem = { description: 'A problem', content: { 'application/problem+json': {} } }

test('operations have their parameters, bodies and answers in the form that openapi-fetch reads', () => {
  const text = apiTypes({
    components: { schemas: {} },
    paths: {
      '/orders/{id}': {
        get: {
          operationId: 'getOrder',
          summary: 'One order',
          parameters: [
            { in: 'path', name: 'id', required: true, schema: { type: 'string' } },
            { in: 'query', name: 'minPosition', schema: { type: 'string' } },
            { in: 'header', name: 'x-correlation-id', schema: { type: 'string' } },
          ],
          responses: {
            200: { content: { 'application/json': { schema: { type: 'string' } } } },
            404: problem,
          },
        },
        put: {
          operationId: 'changeOrder',
          summary: 'Change an order',
          parameters: [{ in: 'header', name: 'if-match', schema: { type: 'string' } }],
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { type: 'number' } } },
          },
          responses: { 204: {} },
        },
      },
    },
  })
  const problems = "default: { content: { 'application/problem+json': Problem } }"
  expect(text).toContain(
    `get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': string } }; ${problems} } }`,
  )
  expect(text).toContain(
    `put: { parameters: { header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': number } }; responses: { 204: { content?: never }; ${problems} } }`,
  )
  expect(text).toContain("freshPaths: ReadonlySet<string> = new Set([\n  '/orders/{id}',\n])")
})

test('sockets have their requests with the details of the answers, and their pushes', () => {
  const text = socketTypes({
    '/orders': {
      client: {
        'order:subscribe': {
          about: 'Subscribe.',
          payload: Type.Object({ orderId: Type.String() }),
          details: Type.Object({ status: Type.String() }),
        },
      },
      server: { 'order:status': { about: 'The status.', payload: Type.Number() } },
    },
  })
  expect(text).toContain(
    "'order:subscribe': { payload: { readonly orderId: string }; details: { readonly status: string } }",
  )
  expect(text).toContain("'order:status': number")
})
