import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { httpWorld, onlyProcess } from '../../../test/support/http.ts'
import { authenticator } from '../../domains/identity/services/authenticator.ts'
import { namedCallers } from './direct-calls.ts'

test('direct calls are authenticated by x-user-id, with the roles of the account', async () => {
  const processes = { ...onlyProcess(), believesUserIds: true }
  await using world = await httpWorld({ processes })
  const [ada, root] = [await world.someone('ada'), await world.someone('root', 'admin')]
  const as = (id: string, path: string) => world.anyone('GET', path, undefined, { 'x-user-id': id })
  expect((await as(ada.id, '/users/me')).body.data.userId).toBe(ada.id)
  expect((await as(ada.id, '/admin/circuit-breakers')).status).toBe(403)
  expect((await as(root.id, '/admin/circuit-breakers')).status).toBe(200)
  for (const nobody of [randomUUID(), 'root', ''])
    expect((await as(nobody, '/users/me')).status, nobody).toBe(401)
  // A token takes precedence.
  const both = await ada.call('GET', '/users/me', undefined, { 'x-user-id': root.id })
  expect(both.body.data.userId).toBe(ada.id)
  const suspended = await root.call('PATCH', `/admin/users/${ada.id}`, { suspended: true })
  expect(suspended.status).toBe(200)
  expect((await as(ada.id, '/users/me')).status).toBe(401)
})

test('x-user-id is ignored without direct calls', async () => {
  await using world = await httpWorld()
  const ada = await world.someone('ada')
  const headers = { 'x-user-id': ada.id }
  expect((await world.anyone('GET', '/users/me', undefined, headers)).status).toBe(401)
})

test('a named caller is cached for a minute, by the clock of the tokens', async () => {
  await using world = await httpWorld({ clock: () => new Date('2020-02-02T02:02:02Z') })
  const { id } = await world.someone('ada')
  const { executor, clock, feed } = world.deps
  const known = authenticator({
    executor,
    clock,
    feed,
    tokens: { verify: () => expect.unreachable() },
    ttl: 60,
    onError: () => undefined,
  })
  const callerOf = namedCallers({ ...onlyProcess(), believesUserIds: true }, known)
  const request = { headers: { 'x-user-id': id } } as unknown as FastifyRequest
  const caller = await callerOf(request)
  expect(caller?.expiresAt).toBe(Date.parse('2020-02-02T02:03:02Z') / 1_000)
  await known.close()
})
