import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { initially } from '../language.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

type Someone = Awaited<ReturnType<HttpWorld['someone']>>

/** Calls a path once the read models have folded all events. */
const fresh = async (call: Call, path: string) => {
  await world.readModels.fold()
  return call('GET', path)
}

describe('following', () => {
  test('is counted and listed once', async () => {
    const [star, ann, ben] = [
      await world.someone('star'),
      await world.someone('ann2'),
      await world.someone('ben'),
    ]
    for (const { call } of [ann, ben, ann]) {
      const { status, body } = await call('POST', `/users/${star.id}/follow`)
      expect([status, body.data.following, body.data.followeeId]).toEqual([200, true, star.id])
    }
    const { body } = await fresh(ben.call, `/users/${star.id}/followers`)
    expect(body.data).toMatchObject({ total: 2, page: 1, limit: 20 })
    expect(body.data.followers.map(({ user }: { user: Someone }) => user)).toMatchObject([
      { username: 'ben' },
      { username: 'ann2' },
    ])
    expect((await ben.call('GET', `/users/${ben.id}/following`)).body.data).toMatchObject({
      total: 1,
      following: [{ user: { userId: star.id, followers: 2 } }],
    })
    const stopped = await ann.call('DELETE', `/users/${star.id}/follow`)
    expect(stopped.body.data.following).toBe(false)
    expect((await ann.call('DELETE', `/users/${star.id}/follow`)).status).toBe(200)
    const after = await fresh(ann.call, `/users/${star.id}/overview`)
    expect(after.body.data.counts).toEqual({
      followers: 1,
      following: 0,
      gigs: 0,
      posts: 0,
      reviews: 0,
    })
  })

  test('and a block show in the overview to the user who has done so, and to nobody else', async () => {
    const [kim, lea] = [await world.someone('kim'), await world.someone('lea')]
    const relation = async (by: Someone, about: Someone) =>
      (await by.call('GET', `/users/${about.id}/overview`)).body.data.relation
    const none = { following: false, requested: false, blocked: false }
    await world.readModels.fold()
    expect(await relation(kim, lea)).toEqual(none)
    await kim.call('POST', `/users/${lea.id}/follow`)
    expect(await relation(kim, lea)).toEqual({ ...none, following: true })
    await lea.call('PUT', '/users/me/settings', { ...initially.settings, privacy: 'private' })
    await kim.call('POST', `/users/${lea.id}/follow`)
    expect(await relation(kim, lea)).toEqual({ ...none, following: true, requested: true })
    await lea.call('POST', `/users/${kim.id}/block`)
    expect(await relation(lea, kim)).toEqual({ ...none, blocked: true })
    expect((await relation(kim, lea)).blocked).toBe(false)
    expect(await relation(kim, kim)).toBeUndefined()
  })

  test('needs another, existing user', async () => {
    const solo = await world.someone('solo')
    const self = await solo.call('POST', `/users/${solo.id}/follow`)
    expect([self.status, self.body.errors[0].field]).toEqual([400, 'id'])
    expect((await solo.call('POST', `/users/${randomUUID()}/follow`)).status).toBe(404)
    expect((await solo.call('GET', `/users/${randomUUID()}/followers`)).status).toBe(404)
  })
})

describe('deleting a user', () => {
  test('is permitted to the user and admins, and final', async () => {
    const [gone, other] = [await world.someone('gone'), await world.someone('stays')]
    const admin = await world.someone('remover', 'admin')
    const path = `/users/${gone.id}`
    expect((await other.call('DELETE', path)).status).toBe(403)
    expect((await admin.call('DELETE', `/users/${randomUUID()}`)).status).toBe(404)
    const { status, body, headers } = await gone.call('DELETE', path)
    const orders = { calledOff: [], toShip: [] }
    expect([status, body.data]).toEqual([202, { userId: gone.id, status: 'PENDING', orders }])
    // The cookies with the tokens are removed.
    const cookies = [headers['set-cookie']].flat()
    expect(cookies).toHaveLength(2)
    for (const cookie of cookies) expect(cookie).toMatch(/^agora_\w+=; .*Max-Age=0/)
    expect((await admin.call('DELETE', path)).body.data.status).toBe('PENDING')
    expect((await other.call('GET', path)).status).toBe(404)
    expect((await other.call('GET', `${path}/overview`)).status).toBe(404)
    expect((await other.call('POST', `${path}/follow`)).status).toBe(404)
    expect((await admin.call('PATCH', path, { bio: 'Back' })).status).toBe(404)
    expect((await fresh(other.call, '/users/search?q=gone')).body.data.total).toBe(0)
  })

  test('an admin cannot be deleted before the role was revoked, so that one always remains', async () => {
    const [one, other] = [
      await world.someone('keeper', 'admin'),
      await world.someone('warden', 'admin'),
    ]
    const leave = () => other.call('DELETE', `/users/${other.id}`)
    expect(await leave()).toMatchObject({ status: 409, body: { code: 'still_admin' } })
    expect((await other.call('GET', `/users/${other.id}`)).status).toBe(200)
    const dismissed = await one.call('PATCH', `/admin/users/${other.id}`, { roles: ['buyer'] })
    expect(dismissed.status).toBe(200)
    expect((await one.call('DELETE', `/users/${other.id}`)).status).toBe(202)
  })
})
