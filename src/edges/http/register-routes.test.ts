import fastify from 'fastify'
import { expect, test } from 'vitest'
import { Nothing } from '#kernel'
import { registerRoutes } from './register-routes.ts'

test('only the registry has routes for other processes: a gateway is one, whoever it asks for', () => {
  const serve = registerRoutes(fastify(), '', { corsOrigins: [] })
  const route = { method: 'GET', operationId: 'x', summary: 'x', tag: 'x', data: Nothing } as const
  const answer = async () => ({ data: {} })
  for (const open of [{ access: 'admin', internal: true }, { access: 'internal' }] as const) {
    const at = (url: string) => () => serve({ ...route, ...open, url }, answer)
    expect(at('/users')).toThrow('through a gateway')
    expect(at(`/registry/${open.access}`)).not.toThrow()
  }
})
