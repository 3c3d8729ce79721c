import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { offer } from '../../../../test/support/gig-stall.ts'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { asId } from '#kernel'
import { account } from '../../identity/language.ts'
import { initially } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { Unavailable } from '../../../platform/unavailable.ts'

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

const settings = (privacy: string) => ({ ...initially.settings, privacy })
const hide = async ({ call }: Someone, privacy: string) =>
  expect((await call('PUT', '/users/me/settings', settings(privacy))).status).toBe(200)

describe('a profile', () => {
  test('exists as soon as a user has registered', async () => {
    const ida = await world.someone('ida')
    const { status, body } = await ida.call('GET', `/users/${ida.id}`)
    expect(status).toBe(200)
    expect(body.data).toMatchObject({
      userId: ida.id,
      username: 'ida',
      private: false,
      followers: 0,
      following: 0,
    })
    expect((await ida.call('GET', `/users/${randomUUID()}`)).status).toBe(404)
  })

  test('is changed by its owner or an admin, field by field', async () => {
    const [max, eve] = [await world.someone('max'), await world.someone('eva')]
    const admin = await world.someone('max-admin', 'admin')
    const path = `/users/${max.id}`
    const changed = await max.call('PATCH', path, { name: 'Max', bio: 'Paints' })
    expect(changed.status).toBe(200)
    expect(changed.body.data).toEqual({
      userId: max.id,
      username: 'max',
      name: 'Max',
      bio: 'Paints',
    })
    const { body, headers } = await eve.call('GET', path)
    expect(body.data).toMatchObject({ name: 'Max', bio: 'Paints' })
    expect(headers.etag).toBe(changed.headers.etag)

    expect((await eve.call('PATCH', path, { name: 'Eve' })).body.code).toBe('forbidden')
    const less = await admin.call('PATCH', path, { bio: null })
    expect(less.body.data).toEqual({ userId: max.id, username: 'max', name: 'Max' })
  })

  test('is not changed with an outdated entity tag', async () => {
    const una = await world.someone('una')
    const path = `/users/${una.id}`
    const { headers } = await una.call('PATCH', path, { bio: 'One' })
    const match = { 'if-match': String(headers.etag) }
    expect((await una.call('PATCH', path, { bio: 'Two' }, match)).status).toBe(200)
    const late = await una.call('PATCH', path, { bio: 'Three' }, match)
    expect([late.status, late.body.code]).toEqual([412, 'revision_mismatch'])
    const put = await una.call('PUT', '/users/me/settings', settings('public'), match)
    expect(put.body.code).toBe('revision_mismatch')
  })

  test('is changed with the entity tag of `/users/me`, which does not depend on the account', async () => {
    const uma = await world.someone('uma')
    const path = `/users/${uma.id}`
    const before = await uma.call('GET', '/users/me')
    const match = { 'if-match': String(before.headers.etag) }
    const changed = await uma.call('PATCH', path, { bio: 'One' }, match)
    expect([changed.status, changed.body.code]).toEqual([200, undefined])
    const after = await uma.call('GET', '/users/me')
    expect(after.headers.etag).toBe(changed.headers.etag)
    const { executor } = world.deps
    const origin = { commandId: uma.id, actorId: uma.id, correlationId: uma.id }
    const command = { type: 'GrantRole', data: { role: 'seller' } } as const
    await executor.execute(account, asId(UserId, uma.id), command, origin)
    expect((await uma.call('GET', '/users/me')).headers.etag).toBe(changed.headers.etag)
    expect((await uma.call('PATCH', path, { bio: 'Two' }, match)).status).toBe(412)
  })

  test('whose change fails claims no username', async () => {
    const [pam, sam] = [await world.someone('pam'), await world.someone('sam')]
    const rename = { username: 'pamela' }
    const late = await pam.call('PATCH', `/users/${pam.id}`, rename, { 'if-match': '"999"' })
    expect([late.status, late.body.code]).toEqual([412, 'revision_mismatch'])
    expect((await sam.call('PATCH', `/users/${sam.id}`, rename)).status).toBe(200)
  })

  test('keeps its username when a change to the same one is refused', async () => {
    const [kit, kat] = [await world.someone('kit'), await world.someone('kat')]
    const rename = { username: 'Kit' }
    const late = await kit.call('PATCH', `/users/${kit.id}`, rename, { 'if-match': '"999"' })
    expect(late.status).toBe(412)
    expect((await kat.call('PATCH', `/users/${kat.id}`, rename)).body.code).toBe('username_taken')
  })

  test.each([
    ['name', '   '],
    ['name', '\u200b\u00ad'],
    ['name', 'Ada\nKing'],
    ['name', 'Ada \u202eKing'],
    ['bio', ' \n\t '],
    ['bio', 'Counts \u2066backwards'],
  ])('takes no %s that shows nothing, or deceives', async (field, text) => {
    const zac = await world.someone(`zac${randomUUID().slice(0, 8)}`)
    const reply = await zac.call('PATCH', `/users/${zac.id}`, { [field]: text })
    expect([reply.status, reply.body.errors?.[0].field]).toEqual([400, field])
    expect(reply.body.detail).toMatch(/must show something/)
    const seller = await zac.call('POST', '/users/me/seller', { displayName: text })
    expect(seller.body.errors?.[0].field).toBe('displayName')
  })

  test('accepts names and texts of all scripts', async () => {
    const lin = await world.someone('lin')
    const path = `/users/${lin.id}`
    for (const name of ['林 黛玉', 'José Ñandú', 'עדה', '👩‍👩‍👧 family', 'O’Neill-Ḿ', ' Ada ']) {
      const { status, body } = await lin.call('PATCH', path, { name, bio: `${name}\n\nCounts.` })
      expect([status, body.data?.name]).toEqual([200, name])
    }
  })

  test('is found by its id in upper case as well', async () => {
    const una = await world.someone('upper')
    const { status, body } = await una.call('GET', `/users/${una.id.toUpperCase()}`)
    expect([status, body.data?.userId]).toEqual([200, una.id])
  })

  test.each([
    ['role', { roles: ['admin'] }],
    ['username', { username: 'two words' }],
    ['username', { username: null }],
    ['bio', { bio: '' }],
    ['avatarMediaId', { avatarMediaId: 'picture.png' }],
  ])('takes no %s like this', async (_, body) => {
    const zoe = await world.someone(`zoe${randomUUID().slice(0, 8)}`)
    const reply = await zoe.call('PATCH', `/users/${zoe.id}`, body)
    expect([reply.status, reply.body.code]).toEqual([400, 'invalid_request'])
    expect(reply.body.errors[0].field).toBe(Object.keys(body)[0])
  })

  test('accepts a free username, and no other', async () => {
    const [tom, tim] = [await world.someone('tom'), await world.someone('tim')]
    const rename = (username: string) => tom.call('PATCH', `/users/${tom.id}`, { username })
    expect((await rename('thomas')).body.data).toMatchObject({ username: 'thomas' })
    const taken = await rename('TIM')
    expect([taken.status, taken.body.code]).toEqual([409, 'username_taken'])
    expect(taken.body.errors[0].field).toBe('username')
    const reserved = await rename('Support')
    expect([reserved.status, reserved.body.errors[0].field]).toEqual([400, 'username'])
    expect((await tim.call('GET', `/users/${tom.id}`)).body.data.username).toBe('thomas')
    const late = await world.anyone('POST', '/auth/register', {
      email: 'other@example.org',
      username: 'Thomas',
      password: 'a long password',
    })
    expect(late.body.code).toBe('username_taken')
  })
})

test('every answer about the caller has the names of the profile', async () => {
  const kim = await world.someone('kim')
  const me = async () => (await kim.call('GET', '/users/me')).body.data
  const person = {
    userId: kim.id,
    email: 'kim@example.org',
    emailVerified: false,
    username: 'kim',
    roles: ['buyer'],
  }
  const signIns = { password: true, providers: [] }
  expect(await me()).toEqual({ ...person, privacy: 'public', signIns })
  await kim.call('PATCH', `/users/${kim.id}`, { username: 'kimberly', name: 'Kim', bio: 'Sings' })
  await kim.call('POST', '/users/me/seller', { displayName: 'Songs' })
  await hide(kim, 'private')
  const now = { ...person, username: 'kimberly', name: 'Kim' }
  expect(await me()).toEqual({
    ...now,
    bio: 'Sings',
    privacy: 'private',
    seller: { displayName: 'Songs' },
    signIns,
  })
  const credentials = { email: 'kim@example.org', password: 'a long password' }
  expect((await world.anyone('POST', '/auth/login', credentials)).body.data).toEqual(now)
})

describe('preferences and settings', () => {
  test('have initial values, and are changed', async () => {
    const pia = await world.someone('pia')
    expect((await pia.call('GET', '/users/me/preferences')).body.data).toEqual(
      initially.preferences,
    )
    expect((await pia.call('GET', '/users/me/settings')).body.data).toEqual(settings('public'))
    const preferences = {
      locale: 'pt-BR',
      channels: { inApp: true, email: false, push: true, sms: false },
      marketing: true,
    }
    const changed = await pia.call('PUT', '/users/me/preferences', preferences)
    expect([changed.status, changed.body.data]).toEqual([200, preferences])
    const now = { theme: 'dark', timeZone: 'America/Sao_Paulo', privacy: 'followers' }
    expect((await pia.call('PUT', '/users/me/settings', now)).body.data).toEqual(now)
    expect((await pia.call('GET', '/users/me/preferences')).body.data).toEqual(preferences)
    expect((await pia.call('GET', '/users/me/settings')).body.data).toEqual(now)
  })

  test('that are invalid are rejected by field', async () => {
    const lea = await world.someone('lea')
    const bad = { ...initially.preferences, locale: 'the usual' }
    const reply = await lea.call('PUT', '/users/me/preferences', bad)
    expect([reply.status, reply.body.errors[0].field]).toEqual([400, 'locale'])
    const kinds = (from: number, to: number) =>
      Object.fromEntries(
        Array.from({ length: to - from }, (_, n) => [`kind_${from + n}`, { push: false }]),
      )
    expect((await lea.call('PUT', '/users/me/preferences', { kinds: kinds(0, 60) })).status).toBe(
      200,
    )
    for (const more of [kinds(60, 120), kinds(0, 101)]) {
      const many = await lea.call('PUT', '/users/me/preferences', { kinds: more })
      expect([many.status, many.body.errors?.[0].field]).toEqual([400, 'kinds'])
    }
    for (const timeZone of ['Mars/Olympus', 'Zz/anything', '../etc']) {
      const nowhere = await lea.call('PUT', '/users/me/settings', { timeZone })
      expect([nowhere.status, nowhere.body.errors[0].field]).toEqual([400, 'timeZone'])
    }
  })

  test('stay unchanged where they are omitted', async () => {
    const mia = await world.someone('mia')
    await mia.call('PUT', '/users/me/settings', { theme: 'dark', timeZone: 'Europe/Berlin' })
    const hidden = await mia.call('PUT', '/users/me/settings', { privacy: 'private' })
    expect([hidden.status, hidden.body.data]).toEqual([
      200,
      { theme: 'dark', timeZone: 'Europe/Berlin', privacy: 'private' },
    ])
    await mia.call('PUT', '/users/me/preferences', { channels: { email: false } })
    const german = await mia.call('PUT', '/users/me/preferences', { locale: 'de' })
    expect(german.body.data).toEqual({
      locale: 'de',
      channels: { inApp: true, email: false, push: true, sms: true },
      marketing: false,
    })
  })
})

describe('the visibility of a profile', () => {
  test('is decided by its owner', async () => {
    const [vera, fan, other] = [
      await world.someone('vera'),
      await world.someone('fan'),
      await world.someone('other'),
    ]
    const admin = await world.someone('sees-all', 'admin')
    await vera.call('PATCH', `/users/${vera.id}`, { name: 'Vera', bio: 'Dives' })
    await fan.call('POST', `/users/${vera.id}/follow`)
    const card = { userId: vera.id, username: 'vera', private: true }
    const seen = async (by: Someone) => (await by.call('GET', `/users/${vera.id}`)).body.data

    expect(await seen(other)).toMatchObject({ name: 'Vera', private: false })
    await hide(vera, 'followers')
    expect(await seen(other)).toEqual(card)
    expect(await seen(fan)).toMatchObject({ name: 'Vera', private: false })
    await hide(vera, 'private')
    for (const one of [other, fan]) expect(await seen(one)).toEqual(card)
    for (const one of [vera, admin])
      expect(await seen(one)).toMatchObject({ bio: 'Dives', private: false })

    const overview = await fresh(fan.call, `/users/${vera.id}/overview`)
    const relation = { following: true, requested: false, blocked: false }
    expect(overview.body.data).toEqual({ profile: card, relation, counts: {} })
    expect((await fan.call('GET', `/users/${vera.id}/followers`)).status).toBe(403)
    await hide(vera, 'followers')
    await fan.call('DELETE', `/users/${vera.id}/follow`)
    expect(await seen(fan)).toEqual(card)
  })

  test('is limited to the user and admins while the account is suspended', async () => {
    const [sid, amy] = [await world.someone('sid'), await world.someone('amy')]
    await sid.call('POST', `/users/${amy.id}/follow`)
    const commandId = randomUUID()
    const command = { type: 'SuspendAccount' as const, data: { reason: 'spam' } }
    const origin = { commandId, actorId: 'test', correlationId: commandId }
    await world.deps.executor.execute(account, asId(UserId, sid.id), command, origin)
    expect((await fresh(amy.call, `/users/${sid.id}`)).body.data).toEqual({
      userId: sid.id,
      username: 'sid',
      private: true,
    })
    expect((await amy.call('GET', '/users/search?q=sid')).body.data.total).toBe(0)
    const { body } = await amy.call('GET', `/users/${amy.id}/followers`)
    expect(body.data.followers).toMatchObject([{ user: { userId: sid.id, private: true } }])
  })
})

describe('the search for users', () => {
  test('matches username and public name, with typing errors', async () => {
    const [grace, ghost] = [await world.someone('grace.hopper'), await world.someone('ghost')]
    await grace.call('PATCH', `/users/${grace.id}`, { name: 'Rear Admiral Amazing' })
    await ghost.call('PATCH', `/users/${ghost.id}`, { name: 'Hidden Figure' })
    await hide(ghost, 'private')
    const found = async (q: string) =>
      (await fresh(grace.call, `/users/search?q=${encodeURIComponent(q)}`)).body.data.users
    const names = async (q: string) =>
      (await found(q)).map(({ username }: { username: string }) => username)
    expect(await names('Gra')).toEqual(['grace.hopper'])
    expect(await names('hoper')).toEqual(['grace.hopper'])
    expect(await names('admiral amazin')).toEqual(['grace.hopper'])
    expect(await names('hidden figure')).toEqual([])
    expect(await found('ghost')).toEqual([{ userId: ghost.id, username: 'ghost', private: true }])
    expect((await ghost.call('GET', '/users/search')).status).toBe(400)
  })

  test('by e-mail address is permitted to admins only', async () => {
    const rita = await world.someone('rita')
    const admin = await world.someone('finder', 'admin')
    await rita.call('PATCH', `/users/${rita.id}`, { username: 'rita2', name: 'Rita' })
    const { body } = await admin.call('GET', '/users?email=RITA@example.org')
    expect(body.data).toEqual({
      userId: rita.id,
      email: 'rita@example.org',
      username: 'rita2',
      name: 'Rita',
      roles: ['buyer'],
      status: 'ACTIVE',
    })
    expect((await admin.call('GET', '/users?email=nobody@example.org')).status).toBe(404)
    expect((await rita.call('GET', '/users?email=rita@example.org')).status).toBe(403)
  })
})

test('the overview for the user has the latest orders', async () => {
  const [olga, admin] = [await world.someone('olga2'), await world.someone('seller2', 'admin')]
  const price = { amount: 1999, currency: 'EUR' }
  const product = await admin.call('POST', '/products', { name: 'Lamp', category: 'x', price })
  const items = [{ kind: 'product', refId: product.body.data.id, quantity: 1 }]
  const order = await olga.call('POST', '/orders', { items, paymentMethod: { token: 'tok_ok' } })
  const { body } = await fresh(olga.call, `/users/${olga.id}/overview`)
  expect(body.data).toMatchObject({
    profile: { username: 'olga2' },
    counts: { followers: 0, following: 0, orders: 1 },
    latestOrders: [{ id: order.body.data.id }],
  })
  const seen = await admin.call('GET', `/users/${olga.id}/overview`)
  expect(seen.body.data.latestOrders).toHaveLength(1)
  const other = await world.someone('olaf')
  const others = await other.call('GET', `/users/${olga.id}/overview`)
  expect(others.body.data).not.toHaveProperty('latestOrders')
  expect(others.body.data.counts).toEqual({
    followers: 0,
    following: 0,
    gigs: 0,
    posts: 0,
    reviews: 0,
  })
})

test('activating a seller profile grants the role a moment later', async () => {
  const sue = await world.someone('sue')
  const seller = { displayName: 'Engines & Co' }
  const { status, body } = await sue.call('POST', '/users/me/seller', seller)
  expect([status, body.data]).toEqual([202, { userId: sue.id, seller, status: 'PENDING' }])
  expect((await fresh(sue.call, `/users/${sue.id}`)).body.data.seller).toEqual(seller)
  expect((await sue.call('POST', '/users/me/seller', {})).status).toBe(400)
})

test('the profile of a seller has the response time and the orders done, as far as their stores answer', async () => {
  let now = new Date('2030-01-01T12:00:00.000Z')
  await using market = await httpWorld({ clock: () => now, config: { accessTokenTtl: 1e8 } })
  const look = async (by: Someone, of: Someone) => {
    await market.readModels.fold()
    return (await by.call('GET', `/users/${of.id}`)).body.data
  }
  const gus = await market.someone('gus')
  const some = ['ann', 'bea', 'cleo', 'dora'].map((name) => market.someone(name))
  const [ann, bea, cleo, dora] = (await Promise.all(some)) as [Someone, Someone, Someone, Someone]
  const talk = async (by: Someone) => {
    const about = { participantId: gus.id }
    const { id } = (await by.call('POST', '/chat/conversations', about)).body.data
    return async (from: Someone, after: number) => {
      now = new Date(now.getTime() + after * 1_000)
      const sent = await from.call('POST', `/chat/conversations/${id}/messages`, { text: 'x' })
      expect(sent.status, sent.text).toBe(201)
    }
  }
  const [withAnn, withBea, withCleo] = [await talk(ann), await talk(bea), await talk(cleo)]
  await withAnn(ann, 0)
  await withAnn(gus, 600)
  // Other users have no response time to show.
  expect(await look(dora, gus)).not.toHaveProperty('responseTime')
  const activated = await gus.call('POST', '/users/me/seller', { displayName: 'Gates' })
  expect(activated.status, activated.text).toBe(202)
  const shown = await look(dora, gus)
  expect(shown.responseTime).toEqual({ seconds: 600, conversations: 1 })
  expect(shown.ordersDone).toBe(0)

  // The latest answer of a conversation counts, from the first message on that awaits it.
  await withAnn(ann, 0)
  await withAnn(ann, 10)
  await withAnn(gus, 20)
  await withBea(bea, 0)
  await withBea(gus, 100)
  await withCleo(cleo, 0)
  expect((await look(dora, gus)).responseTime).toEqual({ seconds: 65, conversations: 2 })
  await withCleo(gus, 9_000)
  expect((await look(dora, gus)).responseTime).toEqual({ seconds: 100, conversations: 3 })
  const { body } = await dora.call('GET', `/users/${gus.id}/overview`)
  expect(body.data.profile.responseTime).toEqual({ seconds: 100, conversations: 3 })
  expect(body.data.counts.ordersDone).toBe(0)

  await using away = await httpWorld({
    ...market.deps,
    readModels: {
      ...market.readModels,
      find: (projection, query, minPosition) =>
        projection.name === 'conversations'
          ? Promise.reject(new Unavailable('MongoDB cannot be reached'))
          : market.readModels.find(projection, query, minPosition),
    },
  })
  const as = { authorization: `Bearer ${dora.token}` }
  const without = await away.anyone('GET', `/users/${gus.id}`, undefined, as)
  expect([without.status, without.body.meta.partial]).toEqual([200, ['responseTime']])
  expect(without.body.data.ordersDone).toBe(0)

  // Answers of long ago do not count, and a hidden profile shows nothing.
  now = new Date(now.getTime() + 91 * 24 * 60 * 60_000)
  expect(await look(dora, gus)).not.toHaveProperty('responseTime')
  expect((await gus.call('PUT', '/users/me/settings', settings('private'))).status).toBe(200)
  expect(await look(dora, gus)).not.toHaveProperty('ordersDone')
})

test('the overview of a seller has the latest published gigs; without their store, the rest', async () => {
  const gail = await world.someone('gail', 'seller')
  const other = await world.someone('gails-buyer')
  const titles = ['One', 'Two', 'Three', 'Four', 'Five', 'Six']
  for (const title of titles) await offer(gail.call, { title })
  await offer(gail.call, { title: 'A draft' }, { isDraft: true })
  const path = `/users/${gail.id}/overview`
  const { body } = await fresh(other.call, path)
  expect(body.data.counts.gigs).toBe(6)
  expect(body.data.latestGigs.map(({ title }: { title: string }) => title)).toEqual(
    titles.slice(1).toReversed(),
  )
  expect(body.data.latestGigs[0].seller).toMatchObject({ id: gail.id, username: 'gail' })

  const { readModels } = world
  await using away = await httpWorld({
    ...world.deps,
    readModels: {
      ...readModels,
      find: (projection, query, minPosition) =>
        projection.name === 'gigs'
          ? Promise.reject(new Unavailable('MongoDB cannot be reached'))
          : readModels.find(projection, query, minPosition),
    },
  })
  const as = { authorization: `Bearer ${other.token}` }
  const without = await away.anyone('GET', path, undefined, as)
  expect(without.status).toBe(200)
  expect(without.body.data.profile.username).toBe('gail')
  expect(without.body.data).not.toHaveProperty('latestGigs')
  expect(without.body.meta.partial).toEqual(['gigs'])
})
