import { runInNewContext } from 'node:vm'
import { Type } from 'typebox'
import { Errors } from 'typebox/value'
import { expect, test } from 'vitest'
import { modules } from '../domains/index.ts'
import { apiDocument } from '../edges/http/api-document.ts'
import { operationModules } from '../operations/index.ts'
import { postmanCollection, type DescribedApi } from './postman.ts'

const api: DescribedApi = JSON.parse(JSON.stringify(apiDocument([...modules, ...operationModules])))
const collection = postmanCollection(api)
const requests = collection.item.flatMap(({ item }) => item)

const closed = { additionalProperties: false }
const Pair = Type.Object(
  { key: Type.String(), value: Type.String(), type: Type.Optional(Type.String()) },
  closed,
)
const Auth = Type.Object(
  { type: Type.Enum(['bearer', 'noauth']), bearer: Type.Optional(Type.Array(Pair)) },
  closed,
)
/** What the schema of the format 2.1 says of the parts that are used. */
const Collection = Type.Object(
  {
    info: Type.Object({
      name: Type.String(),
      description: Type.String(),
      schema: Type.Literal('https://schema.getpostman.com/json/collection/v2.1.0/collection.json'),
    }),
    auth: Auth,
    variable: Type.Array(Pair),
    item: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          description: Type.Optional(Type.String()),
          item: Type.Array(
            Type.Object(
              {
                id: Type.String(),
                name: Type.String(),
                event: Type.Optional(
                  Type.Array(
                    Type.Object({
                      listen: Type.Enum(['test', 'prerequest']),
                      script: Type.Object({
                        type: Type.Literal('text/javascript'),
                        exec: Type.Array(Type.String()),
                      }),
                    }),
                  ),
                ),
                request: Type.Object(
                  {
                    method: Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
                    header: Type.Array(Pair),
                    auth: Type.Optional(Auth),
                    body: Type.Optional(
                      Type.Object({
                        mode: Type.Enum(['raw', 'formdata']),
                        raw: Type.Optional(Type.String()),
                      }),
                    ),
                    url: Type.Object({
                      raw: Type.String({ pattern: '^\\{\\{baseUrl\\}\\}/' }),
                      host: Type.Array(Type.String()),
                      path: Type.Array(Type.String()),
                      query: Type.Optional(Type.Array(Type.Object({ key: Type.String() }))),
                      variable: Type.Optional(Type.Array(Pair)),
                    }),
                  },
                  closed,
                ),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
)

test('the collection has the structure of its format', () =>
  expect([...Errors(Collection, collection)]).toEqual([]))

test('each operation of the API is in it once, in the folder of its tag', () => {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/[{}]/g, '')}`),
  )
  const found = requests.map(
    ({ request: { method, url } }) =>
      `${method} /${url.path.map((part) => part.replace(/^:/, '')).join('/')}`,
  )
  expect(operations.length).toBeGreaterThan(200)
  expect(found.toSorted()).toEqual(operations.toSorted())
  const orders = collection.item.find(({ name }) => name === 'ordering')
  expect(orders?.item.map(({ id }) => id)).toContain('placeOrder')
})

test('bodies are JSON, and each parameter of a path is a variable of its request', () => {
  const bodies = requests.flatMap(({ request }) =>
    'body' in request && request.body && 'raw' in request.body ? [request.body.raw] : [],
  )
  expect(bodies.length).toBeGreaterThan(50)
  for (const body of bodies) expect(() => JSON.parse(body)).not.toThrow()
  for (const { request } of requests) {
    const named = request.url.path
      .filter((part) => part.startsWith(':'))
      .map((part) => part.slice(1))
    expect(request.url.variable?.map(({ key }) => key) ?? []).toEqual(named)
  }
  const order = requests.find(({ id }) => id === 'placeOrder')
  expect(JSON.stringify(order?.request)).toContain('paymentMethod')
})

test('signing in stores the tokens; requests without a token say so', () => {
  const login = requests.find(({ id }) => id === 'login')
  const stored = new Map<string, string>()
  const pm = {
    response: { json: () => ({ tokens: { accessToken: 'a', refreshToken: 'r' } }) },
    collectionVariables: { set: (key: string, value: string) => stored.set(key, value) },
  }
  runInNewContext(login?.event?.[0]?.script.exec.join('\n') ?? '', { pm })
  expect(Object.fromEntries(stored)).toEqual({ accessToken: 'a', refreshToken: 'r' })
  expect(login?.request.auth).toEqual({ type: 'noauth' })
  const order = requests.find(({ id }) => id === 'placeOrder')
  expect([order?.event, order?.request.auth]).toEqual([undefined, undefined])
})
