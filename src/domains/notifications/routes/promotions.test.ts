import { afterAll, beforeAll, expect, test } from 'vitest'
import { notifyingWorld, type NotifyingWorld } from '../../../../test/support/notifying.ts'
import type { Call } from '../../../../test/support/http.ts'

let world: NotifyingWorld
let admin: Call
const people: Record<string, Awaited<ReturnType<NotifyingWorld['someone']>>> = {}
beforeAll(async () => {
  world = await notifyingWorld()
  admin = (await world.someone('root', 'admin')).call
  for (const name of ['ada', 'bob', 'cid', 'dan']) {
    people[name] = await world.someone(name, ...(name === 'bob' ? (['seller'] as const) : []))
    const marketing = name !== 'dan'
    await people[name].call('PUT', '/users/me/preferences', { marketing })
  }
  await world.readModels.fold()
})
afterAll(() => world[Symbol.asyncDispose]())

const content = { channel: 'email', subject: 'Lamps', text: 'At half price.' }
const publish = async (segment: object, more: object = {}) => {
  await world.readModels.fold()
  return admin('POST', '/notifications/promotions', { segment, ...content, ...more })
}
const mailed = () => new Set(world.mails.map(({ to }) => to))
const promotion = async (id: string) => {
  await world.readModels.fold()
  return (await admin('GET', `/notifications/promotions/${id}`)).body.data
}

test('a promotion reaches once each of a segment who agreed to it, with links to opt out', async () => {
  world.mails.length = 0
  const published = await publish({})
  expect([published.status, published.body.data]).toEqual([
    202,
    { id: expect.any(String), recipients: 3 },
  ])
  await world.runChores()
  await world.runChores()
  expect(world.mails).toHaveLength(3)
  expect(mailed()).toEqual(new Set(['ada@example.org', 'bob@example.org', 'cid@example.org']))
  for (const { subject, text, unsubscribe } of world.mails) {
    expect(subject).toBe('Lamps')
    expect(text).toMatch(
      /^At half price\.\n\n.+\nhttps:\/\/shop\.example\/unsubscribe\?token=\S+\n$/,
    )
    expect(unsubscribe).toMatch(
      /^https:\/\/shop\.example\/api\/v1\/notifications\/unsubscribe\?token=/,
    )
  }
  const { id } = published.body.data
  expect(await promotion(id)).toMatchObject({ status: 'FINISHED', recipients: 3, requested: 3 })
  const paused = await admin('POST', `/notifications/promotions/${id}/pause`)
  expect(paused.status).toBe(409)
})

test('admins alone count the recipients of a segment before they publish', async () => {
  await world.readModels.fold()
  const count = async (query: string) =>
    admin('GET', `/notifications/promotions/recipients${query}`)
  expect((await count('')).body.data).toEqual({ recipients: 3 })
  expect((await count('?role=seller')).body.data).toEqual({ recipients: 1 })
  const impossible = await count('?activeSince=2029-02-30T00:00:00Z')
  expect([impossible.status, impossible.body.errors?.[0]?.field]).toEqual([400, 'activeSince'])
  const asAda = await people['ada']!.call('GET', '/notifications/promotions/recipients')
  expect(asAda.status).toBe(403)
})

test('a segment is narrowed down by role and activity; one of nobody has ended at once', async () => {
  expect((await publish({ role: 'seller' })).body.data.recipients).toBe(1)
  expect((await publish({ activeSince: '2029-01-01T00:00:00.000Z' })).body.data.recipients).toBe(3)
  // 09:00 UTC: a text that is greater than those of the sessions, and an earlier moment.
  const inKiritimati = '2030-01-07T23:00:00+14:00'
  expect((await publish({ activeSince: inKiritimati })).body.data.recipients).toBe(3)
  for (const nobody of [{ activeSince: '2031-01-01T00:00:00.000Z' }, { country: 'NZ' }]) {
    const { id, recipients } = (await publish(nobody)).body.data
    expect(recipients).toBe(0)
    expect((await promotion(id)).status).toBe('FINISHED')
  }
  await world.runChores()
})

test('a paused promotion waits, and whoever opts out meanwhile gets nothing', async () => {
  world.mails.length = 0
  const { id } = (await publish({})).body.data
  const turn = (verb: string) => admin('POST', `/notifications/promotions/${id}/${verb}`)
  expect((await turn('pause')).body.data).toEqual({ id, status: 'PAUSED' })
  await world.runChores()
  expect(world.mails).toEqual([])
  // By one click in the mail program; the read model does not know yet.
  const token = (await unsubscribeOf('cid')).split('token=')[1]!
  await turn('resume')
  await world.readModels.fold()
  const clicked = await world.app.inject({
    method: 'POST',
    url: `/api/v1/notifications/unsubscribe?token=${token}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'List-Unsubscribe=One-Click',
  })
  expect([clicked.statusCode, clicked.json().data]).toEqual([200, { marketing: false }])
  const { sendPromotions } = await import('../jobs/send-promotions.ts')
  await sendPromotions.run(world.ports)
  await world.deliver()
  expect(world.mails).toHaveLength(2)
  expect(mailed()).toEqual(new Set(['ada@example.org', 'bob@example.org']))
  expect(await promotion(id)).toMatchObject({ status: 'FINISHED', recipients: 3, requested: 2 })
})

/** The link of one click that a user had in an earlier advertisement. */
const unsubscribeOf = async (name: string): Promise<string> => {
  const { unsubscribing } = await import('../services/unsubscribing.ts')
  return unsubscribing(world.deps.keys, 'https://shop.example', people[name]!.id).oneClick
}

test('a link to opt out works without a sign-in, again and again, and only if it is ours', async () => {
  const url = new URL(await unsubscribeOf('bob'))
  const path = `/notifications/unsubscribe${url.search}`
  for (let times = 0; times < 2; times += 1)
    expect((await world.anyone('POST', path)).status).toBe(200)
  const wishes = await people.bob!.call('GET', '/users/me/preferences')
  expect(wishes.body.data.marketing).toBe(false)
  const foreign = path.replace(people.bob!.id, people.ada!.id)
  expect((await world.anyone('POST', foreign)).status).toBe(400)
  expect((await world.anyone('POST', '/notifications/unsubscribe?token=x')).status).toBe(400)
  const still = await people.ada!.call('GET', '/users/me/preferences')
  expect(still.body.data.marketing).toBe(true)
  expect((await world.anyone('GET', '//unsubscribe')).text).toContain('No more advertisements?')
})

test('a form is taken by the link only', async () => {
  const answer = await world.app.inject({
    method: 'POST',
    url: '/api/v1/auth/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'a=b',
  })
  expect(answer.statusCode).toBe(415)
})

test('only admins send promotions, and bad ones are refused by their field', async () => {
  const body = { segment: {}, ...content }
  expect((await people.ada!.call('POST', '/notifications/promotions', body)).status).toBe(403)
  expect((await people.ada!.call('GET', '/notifications/promotions')).status).toBe(403)
  expect((await world.anyone('POST', '/notifications/promotions', body)).status).toBe(401)
  for (const [segment, field] of [
    [{ role: 'king' }, 'segment.role'],
    [{ country: 'Germany' }, 'segment.country'],
    [{ activeSince: 'yesterday' }, 'segment.activeSince'],
    [{ activeSince: '2030-01-07T12:00:00.0001Z' }, 'segment.activeSince'],
    [{ shoeSize: 42 }, 'segment.shoeSize'],
  ] as const)
    expect((await publish(segment)).body.errors[0].field).toBe(field)
  expect((await publish({}, { text: undefined })).body.errors[0].field).toBe('text')
  const unknown = '/notifications/promotions/01890000-0000-7000-8000-000000000000'
  for (const path of [`${unknown}/pause`, `${unknown}/resume`])
    expect((await admin('POST', path)).status).toBe(404)
  expect((await admin('GET', unknown)).status).toBe(404)
  expect((await admin('GET', '/notifications/promotions')).body.data.total).toBeGreaterThan(3)
})
