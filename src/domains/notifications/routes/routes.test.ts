import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  notifyingWorld,
  subscriptionOf,
  type NotifyingWorld,
} from '../../../../test/support/notifying.ts'
import type { Call, Reply } from '../../../../test/support/http.ts'

let world: NotifyingWorld
let admin: Call
let ada: Awaited<ReturnType<NotifyingWorld['someone']>>
let eve: typeof ada
beforeAll(async () => {
  world = await notifyingWorld()
  admin = (await world.someone('root', 'admin')).call
  ada = await world.someone('ada')
  eve = await world.someone('eve')
})
afterAll(() => world[Symbol.asyncDispose]())

const fieldOf = ({ status, body }: Reply) => [status, body.errors?.[0]?.field ?? body.code]
const listOf = async () => {
  await world.readModels.fold()
  return (await ada.call('GET', `/notifications/user/${ada.id}?limit=100`)).body.data.notifications
}

describe('a notification of an admin', () => {
  const send = (body: object) => admin('POST', '/notifications', { userId: ada.id, ...body })

  test('goes to its user by its channel; its words are apart in the log, where they are sealed', async () => {
    const text = 'Dear Ada Lovelace, your engine is mended.'
    const sent = await send({ channel: 'email', subject: 'Your engine', text })
    expect([sent.status, sent.body.data]).toEqual([202, { id: expect.any(String) }])
    await world.deliver()
    expect(world.mails.at(-1)).toMatchObject({
      to: 'ada@example.org',
      subject: 'Your engine',
      text,
    })
    expect(await listOf()).toContainEqual(
      expect.objectContaining({ id: sent.body.data.id, subject: 'Your engine', status: 'SENT' }),
    )
    const { events } = await world.log.readAll({ limit: 100_000 })
    const { data } = events.findLast(({ type }) => type === 'NotificationRequested')!
    expect(data).toMatchObject({
      subject: 'A message from Agora',
      letter: { text: expect.any(String) },
    })
  })

  test('may be a template with values, in the language of its user', async () => {
    await ada.call('PUT', '/users/me/preferences', { locale: 'de' })
    const data = { price: '5 EUR', dueOn: 20 }
    const sent = await send({ channel: 'in_app', template: 'gig_ordered', data })
    expect(sent.status).toBe(202)
    const latest = (await listOf()).find(({ id }: { id: string }) => id === sent.body.data.id)
    expect(latest).toMatchObject({ type: 'gig_ordered', subject: 'Sie haben einen neuen Auftrag' })
    expect(latest.text).toContain('für 5 EUR bestellt')
    await ada.call('PUT', '/users/me/preferences', { locale: 'en' })
  })

  test.each([
    [{ channel: 'pigeon', text: 'x' }, [400, 'channel']],
    [{ channel: 'email' }, [400, 'text']],
    [{ channel: 'email', text: '' }, [400, 'text']],
    [{ channel: 'email', text: 'x', template: 'welcome' }, [400, 'text']],
    [{ channel: 'email', template: 'constructor' }, [400, 'template']],
    [{ channel: 'email', template: 'gig_ordered', data: { price: '1' } }, [400, 'data.dueOn']],
    [{ channel: 'email', text: 'x', userId: 'nobody' }, [400, 'userId']],
    [
      { channel: 'email', text: 'x', userId: '01890000-0000-7000-8000-000000000000' },
      [404, 'userId'],
    ],
  ])('%j is refused: %j', async (body, expected) =>
    expect(fieldOf(await send(body))).toEqual(expected),
  )

  test('is sent once for one key, and by nobody else', async () => {
    const key = { 'idempotency-key': 'once-and-only-once' }
    const body = { userId: ada.id, channel: 'in_app', text: 'Once' }
    const [one, two] = [
      await admin('POST', '/notifications', body, key),
      await admin('POST', '/notifications', body, key),
    ]
    expect(one.body.data.id).toBe(two.body.data.id)
    for (const call of [ada.call, world.anyone])
      expect((await call('POST', '/notifications', body)).status).toBe(
        call === ada.call ? 403 : 401,
      )
  })

  test('is marked as read by its user only', async () => {
    const { id } = (await send({ channel: 'in_app', text: 'Hello' })).body.data
    for (const call of [eve.call, admin])
      expect((await call('POST', `/notifications/${id}/read`)).status).toBe(403)
    expect((await ada.call('POST', `/notifications/${id}/read`)).status).toBe(200)
  })
})

describe('the notifications in the app', () => {
  const listed = async (call: Call, id: string, query: string) => {
    await world.readModels.fold()
    return (await call('GET', `/notifications/user/${id}?limit=100&${query}`)).body.data
  }

  test('are listed by their channel', async () => {
    const max = await world.someone('max')
    for (const channel of ['in_app', 'email'])
      await admin('POST', '/notifications', { userId: max.id, channel, text: 'Hello' })
    const { notifications, total } = await listed(max.call, max.id, 'channel=in_app')
    expect([total, notifications.length, notifications[0].channel]).toEqual([1, 1, 'in_app'])
    expect((await listed(max.call, max.id, '')).total).toBe(2)
    const wrong = await max.call('GET', `/notifications/user/${max.id}?channel=pigeon`)
    expect(fieldOf(wrong)).toEqual([400, 'channel'])
  })

  test('are all read at once by their user, part by part, as often as that is asked', async () => {
    const [mia, ned] = [await world.someone('mia'), await world.someone('ned')]
    for (let n = 0; n < 205; n += 1) {
      const body = { userId: mia.id, channel: 'in_app', text: `Number ${n}` }
      await admin('POST', '/notifications', body)
    }
    await admin('POST', '/notifications', { userId: mia.id, channel: 'email', text: 'A letter' })
    await admin('POST', '/notifications', { userId: ned.id, channel: 'in_app', text: 'For Ned' })
    await world.readModels.fold()
    const readAll = (call: Call, query = '') => call('POST', `/notifications/read-all${query}`)
    expect((await readAll(world.anyone)).status).toBe(401)
    const first = await readAll(mia.call)
    expect([first.status, first.body.data]).toEqual([200, { read: 200, remaining: 5 }])
    const unread = await listed(mia.call, mia.id, 'channel=in_app&unread=true')
    expect(unread.total).toBe(5)
    const query = `?minPosition=${first.body.meta.position}`
    expect((await readAll(mia.call, query)).body.data).toEqual({ read: 5, remaining: 0 })
    // The read model has not followed: nothing is recorded twice.
    expect((await readAll(mia.call)).body.data.read).toBe(0)
    await world.readModels.fold()
    expect((await readAll(mia.call)).body.data).toEqual({ read: 0, remaining: 0 })
    expect((await listed(mia.call, mia.id, 'unread=true')).total).toBe(1)
    expect((await listed(ned.call, ned.id, 'unread=true')).total).toBe(1)
  })
})

describe('devices', () => {
  const register = (call: Call, body: object) => call('POST', '/notifications/devices', body)
  const browser = (name: string) => ({ kind: 'webpush', subscription: subscriptionOf(name) })
  const devicesOf = async (call: Call) => {
    await world.readModels.fold()
    return (await call('GET', '/notifications/devices')).body.data
  }

  test('are registered once, listed without their secrets, and removed', async () => {
    const first = await register(ada.call, {
      kind: 'webpush',
      subscription: { ...subscriptionOf('ada'), expirationTime: null },
    })
    expect([first.status, first.body.data.status]).toEqual([201, 'ACTIVE'])
    const { id } = (await register(ada.call, browser('ada'))).body.data
    expect(id).toBe(first.body.data.id)
    const listed = await devicesOf(ada.call)
    expect(listed.publicKey).toBe(world.push.publicKey)
    expect(listed.devices).toEqual([
      {
        id,
        kind: 'webpush',
        host: 'push.example',
        confirmed: true,
        createdAt: expect.any(String),
      },
    ])
    for (let times = 0; times < 2; times += 1)
      expect((await ada.call('DELETE', `/notifications/devices/${id}`)).status).toBe(200)
    expect((await devicesOf(ada.call)).devices).toEqual([])
  })

  test('of somebody else are neither removed nor confirmed', async () => {
    const { id } = (await register(ada.call, browser('hers'))).body.data
    for (const call of [eve.call, admin]) {
      expect((await call('DELETE', `/notifications/devices/${id}`)).status).toBe(403)
      const confirmed = await call('POST', `/notifications/devices/${id}/confirm`, {
        code: '123456',
      })
      expect(confirmed.status).toBe(403)
    }
    const unknown = '01890000-0000-7000-8000-000000000000'
    expect((await ada.call('DELETE', `/notifications/devices/${unknown}`)).status).toBe(404)
  })

  test('a browser belongs to the user who registered it last', async () => {
    await register(ada.call, browser('shared'))
    const { id } = (await register(eve.call, browser('shared'))).body.data
    const ids = async (call: Call) =>
      (await devicesOf(call)).devices.map((one: { id: string }) => one.id)
    expect(await ids(eve.call)).toEqual([id])
    expect(await ids(ada.call)).not.toContain(id)
    expect((await ada.call('DELETE', `/notifications/devices/${id}`)).status).toBe(403)
  })

  const phone = (last: string) => ({ kind: 'phone', number: `+491511234567${last}` })
  const with_ = (change: object) => ({ ...subscriptionOf('x'), ...change })
  const { keys } = subscriptionOf('x')
  const badDevices: readonly (readonly [object, string])[] = [
    [{ kind: 'webpush' }, 'subscription'],
    [{ kind: 'phone' }, 'number'],
    [{ kind: 'pager', number: '+4915112345678' }, 'kind'],
    [{ kind: 'phone', number: '015112345678' }, 'number'],
    [{ kind: 'phone', number: '+4900000000000000' }, 'number'],
    [
      { kind: 'webpush', subscription: with_({ endpoint: 'http://push.example/1' }) },
      'subscription.endpoint',
    ],
    ...[
      'https://localhost/1',
      'https://127.0.0.1:5432/',
      'https://[::1]/',
      'https://10.0.0.7/1',
      'https://192.168.1.1/',
      'https://169.254.169.254/latest/meta-data',
      'https://db.internal/',
      'https://user:pass@push.example/',
      'https://push.example:8443/send',
    ].map(
      (endpoint) =>
        [{ kind: 'webpush', subscription: with_({ endpoint }) }, 'subscription.endpoint'] as const,
    ),
    [
      { kind: 'webpush', subscription: with_({ keys: { ...keys, p256dh: 'B'.repeat(87) } }) },
      'subscription.keys.p256dh',
    ],
    [
      { kind: 'webpush', subscription: with_({ keys: { ...keys, auth: 'x' } }) },
      'subscription.keys.auth',
    ],
  ]
  test.each(badDevices)('%j is refused, by its %s', async (body, field) =>
    expect(fieldOf(await register(ada.call, body))).toEqual([400, field]),
  )

  test('are so many at most, and few telephones get a code in a day', async () => {
    const bob = await world.someone('bob')
    for (let n = 0; n < 20; n += 1) {
      expect((await register(bob.call, browser(`bob-${n}`))).status).toBe(201)
      await world.readModels.fold()
    }
    expect(fieldOf(await register(bob.call, browser('bob-20')))).toEqual([409, 'too_many_devices'])
    expect((await register(bob.call, browser('bob-3'))).status).toBe(201)
    const statuses: number[] = []
    for (let n = 0; n < 6; n += 1)
      statuses.push((await register(bob.call, phone(n % 2 === 0 ? '1' : '2'))).status)
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429])
    // By now the first number has got its three codes, whoever asks; the second one has got two.
    const cleo = await world.someone('cleo')
    expect((await register(cleo.call, phone('1'))).status).toBe(429)
    expect((await register(cleo.call, phone('2'))).status).toBe(201)
    expect((await register(cleo.call, phone('2'))).status).toBe(429)
  })

  test('are registered so many times a day at most', async () => {
    const dan = await world.someone('dan')
    const statuses = new Set<number>()
    for (let n = 0; n < 50; n += 1) statuses.add((await register(dan.call, browser('dan'))).status)
    expect([...statuses]).toEqual([201])
    expect((await register(dan.call, browser('dan'))).status).toBe(429)
  })

  test('are removed by the endpoint of their subscription as well, by their user only', async () => {
    const path = '/notifications/devices'
    const { endpoint } = subscriptionOf('left')
    const { id } = (await register(ada.call, browser('left'))).body.data
    expect((await eve.call('DELETE', path, { endpoint })).status).toBe(403)
    expect((await world.anyone('DELETE', path, { endpoint })).status).toBe(401)
    expect((await ada.call('DELETE', path, { endpoint: `${endpoint}x` })).status).toBe(404)
    expect(fieldOf(await ada.call('DELETE', path, { endpoint, id }))).toEqual([400, 'id'])
    expect(fieldOf(await ada.call('DELETE', path))).toEqual([400, 'endpoint'])
    expect((await ada.call('DELETE', path, { endpoint })).body.data).toEqual({ id })
    expect((await ada.call('DELETE', path, { id })).body.data).toEqual({ id })
    const { devices } = await devicesOf(ada.call)
    expect(devices).not.toContainEqual(expect.objectContaining({ id }))
  })

  test('a code is valid until the next one is sent', async () => {
    const dora = await world.someone('dora')
    const codeOf = async () => {
      const { id } = (await register(dora.call, phone('0'))).body.data
      await world.deliver()
      const [code] = /[0-9]{6}/.exec(world.sms.taken.at(-1)?.text ?? '') ?? []
      return { path: `/notifications/devices/${id}/confirm`, code }
    }
    const [first, second] = [await codeOf(), await codeOf()]
    const confirm = ({ path, code }: typeof first) => dora.call('POST', path, { code })
    expect(fieldOf(await confirm(first))).toEqual([400, 'code'])
    expect((await confirm(second)).status).toBe(200)
  })

  test('a code cannot be guessed', async () => {
    const cid = await world.someone('cid')
    const { id } = (await register(cid.call, { kind: 'phone', number: '+4915112345679' })).body.data
    const statuses: number[] = []
    for (let n = 0; n < 11; n += 1) {
      const code = String(n).padStart(6, '0')
      statuses.push(
        (await cid.call('POST', `/notifications/devices/${id}/confirm`, { code })).status,
      )
    }
    expect(statuses.at(-1)).toBe(429)
  })
})
