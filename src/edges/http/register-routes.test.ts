import fastify from 'fastify'
import { expect, test } from 'vitest'
import { Nothing } from '#kernel'
import { registerRoutes } from './register-routes.ts'

test('internal routes outside the registry are rejected, as gateways sign requests of any client', () => {
  const serve = registerRoutes(fastify(), '', { corsOrigins: [] })
  const route = { method: 'GET', operationId: 'x', summary: 'x', tag: 'x', data: Nothing } as const
  const answer = async () => ({ data: {} })
  for (const open of [{ access: 'admin', internal: true }, { access: 'internal' }] as const) {
    const at = (url: string) => () => serve({ ...route, ...open, url }, answer)
    expect(at('/users')).toThrow('is outside /registry/')
    expect(at(`/registry/${open.access}`)).not.toThrow()
  }
})
