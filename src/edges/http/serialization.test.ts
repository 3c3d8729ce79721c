import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { expect, test } from 'vitest'
import { httpWorld } from '../../../test/support/http.ts'
import { buildSerializer } from './serialization.ts'

/** Every route as declared. */
const routesOf = async () => {
  const routes: RouteOptions[] = []
  const begun = (message: unknown) => {
    const { fastify } = message as { readonly fastify: FastifyInstance }
    fastify.addHook('onRoute', (route) => void routes.push(route))
  }
  subscribe('fastify.initialization', begun)
  try {
    const world = await httpWorld()
    return {
      routes,
      schemas: world.app.getSchemas(),
      [Symbol.asyncDispose]: world[Symbol.asyncDispose],
    }
  } finally {
    unsubscribe('fastify.initialization', begun)
  }
}

test('every route has a serializer that compiles, and a start compiles none', async () => {
  await using world = await routesOf()
  const compile = SerializerSelector()(world.schemas)
  const answers = world.routes.flatMap(({ method, url, schema }) =>
    Object.entries((schema?.response ?? {}) as Record<string, unknown>).map(
      ([httpStatus, answer]) => ({ method: String(method), url, httpStatus, schema: answer }),
    ),
  )
  expect(answers.length).toBeGreaterThan(100)
  for (const answer of answers) expect(() => compile(answer), answer.url).not.toThrow()
})

test('a serializer is compiled at the first answer, and reports an invalid schema then', () => {
  const route = { method: 'GET', url: '/', httpStatus: '200' }
  const built = buildSerializer()
  const broken = built({ ...route, schema: { $ref: 'nowhere#' } })
  expect(() => broken({})).toThrow('nowhere')
  const whole = built({
    ...route,
    schema: { type: 'object', properties: { a: { type: 'string' } } },
  })
  expect(whole({ a: 'b', c: 'd' })).toBe('{"a":"b"}')
})
