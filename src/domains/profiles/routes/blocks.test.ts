import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

test('a block is listed to its blocker only, and prevents follows in both directions until it ends', async () => {
  const [ann, ben] = [await world.someone('ann'), await world.someone('ben')]
  const blocked = await ann.call('POST', `/users/${ben.id}/block`)
  expect([blocked.status, blocked.body.data]).toEqual([
    200,
    { blockerId: ann.id, blockedId: ben.id, blocked: true },
  ])
  expect((await ann.call('POST', `/users/${ben.id}/block`)).status).toBe(200)
  await world.readModels.fold()
  const mine = await ann.call('GET', '/users/me/blocks')
  expect(mine.body.data).toMatchObject({ total: 1, blocks: [{ userId: ben.id }] })
  expect((await ben.call('GET', '/users/me/blocks')).body.data.total).toBe(0)

  const refused = await ben.call('POST', `/users/${ann.id}/follow`)
  const own = await ann.call('POST', `/users/${ben.id}/follow`)
  expect([refused.status, own.status]).toEqual([403, 403])
  // Neither learns from the sentence who blocks whom.
  expect(refused.body.detail).toBe(own.body.detail)

  const ended = await ann.call('DELETE', `/users/${ben.id}/block`)
  expect([ended.status, ended.body.data.blocked]).toEqual([200, false])
  expect((await ben.call('POST', `/users/${ann.id}/follow`)).status).toBe(200)
})

test('nobody blocks themselves, or a user who does not exist', async () => {
  const { id, call } = await world.someone('solo')
  const self = await call('POST', `/users/${id}/block`)
  expect([self.status, self.body.errors[0].field]).toEqual([400, 'id'])
  expect((await call('POST', `/users/${randomUUID()}/block`)).status).toBe(404)
  expect((await world.anyone('POST', `/users/${id}/block`)).status).toBe(401)
})
