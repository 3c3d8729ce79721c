import { once } from 'node:events'
import { randomUUID } from 'node:crypto'
import type { Socket } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import { newId } from '#kernel/testing'
import { letIn, someUser, socketWorld } from '../../../test/support/sockets.ts'
import { account, session } from '../../domains/identity/language.ts'
import { SessionId, type UserId } from '../../domains/shared/index.ts'
import { tokenCookie } from '../../serving/cookies.ts'

const namespaces = ['/orders', '/notifications', '/inventory']
const unauthorized = { data: { code: 'unauthorized' } }
const cookieOf = (token: string): string =>
  tokenCookie(token, { accessTokenTtl: 900, secureCookies: false }).split(';')[0]!

describe('a connection', () => {
  test.each(namespaces)('to %s is refused without a token', async (namespace) => {
    await using world = await socketWorld()
    await expect(letIn(world.connect(namespace))).rejects.toMatchObject(unauthorized)
  })

  test('is refused with an invalid token, a foreign one, or one that is not a string', async () => {
    await using world = await socketWorld()
    await using elsewhere = await socketWorld()
    const foreign = elsewhere.tokenOf(someUser())
    for (const token of ['', 'nonsense', foreign, `${world.tokenOf(someUser())}x`])
      await expect(letIn(world.connect('/orders', token))).rejects.toMatchObject(unauthorized)
    for (const auth of [{ token: 7 }, { token: { a: 1 } }, { token: null }])
      await expect(letIn(world.connect('/orders', undefined, { auth }))).rejects.toMatchObject(
        unauthorized,
      )
  })

  test('is refused with an expired token, and ends when its token expires', async () => {
    await using world = await socketWorld({ tokenTtl: 2 })
    const token = world.tokenOf(someUser())
    const socket = world.connect('/orders', token)
    const ended = new Promise((resolve) => socket.once('disconnect', resolve))
    await letIn(socket)
    expect(await ended).toBe('io server disconnect')
    await expect(letIn(world.connect('/orders', token))).rejects.toMatchObject(unauthorized)
  })

  test.each([
    ['ahead', -3_600_000],
    ['behind', 3_600_000],
  ])('ends by the clock of its token, also on a machine an hour %s', async (_, skew) => {
    const clock = () => new Date(Date.now() + skew)
    await using world = await socketWorld({ tokenTtl: 2, clock })
    const socket = world.connect('/orders', world.tokenOf(someUser()))
    const ended = new Promise((resolve) => socket.once('disconnect', resolve))
    await letIn(socket)
    const answer = await socket.timeout(1_000).emitWithAck('order:steal', {})
    expect(answer).toMatchObject({ code: 'no_such_event' })
    expect(await ended).toBe('io server disconnect')
  })

  test('of a service account is refused', async () => {
    await using world = await socketWorld({
      changes: ({ verifyToken }) => ({
        verifyToken: async (token) => ({
          ...(await verifyToken(token)),
          service: { secretNumber: 1, operations: ['listOrders'] },
        }),
      }),
    })
    const connecting = letIn(world.connect('/orders', world.tokenOf(someUser())))
    await expect(connecting).rejects.toMatchObject({ data: { code: 'forbidden' } })
  })

  test.each(['websocket', 'polling'])('is accepted over %s', async (transport) => {
    await using world = await socketWorld()
    const socket = world.connect('/orders', world.tokenOf(someUser()), { transports: [transport] })
    await letIn(socket)
    expect(socket.io.engine.transport.name).toBe(transport)
  })

  test('may carry its token in the cookie that signing in sets', async () => {
    await using world = await socketWorld()
    const cookie = cookieOf(world.tokenOf(someUser()))
    const connect = (headers: Record<string, string>) =>
      world.connect('/orders', undefined, { extraHeaders: { cookie, ...headers } })
    for (const socket of [connect({}), connect({ origin: world.url })]) {
      await letIn(socket)
      expect(socket.connected).toBe(true)
    }
  })

  test('of a page of another origin cannot use the cookie, unless the origin is allowed', async () => {
    const changes = () => ({ corsOrigins: ['https://shop.example'] })
    await using world = await socketWorld({ changes })
    const cookie = cookieOf(world.tokenOf(someUser()))
    const from = (origin: string) =>
      letIn(world.connect('/orders', undefined, { extraHeaders: { cookie, origin } }))
    await from('https://shop.example')
    await expect(from('https://evil.example')).rejects.toMatchObject(unauthorized)
    await expect(from('null')).rejects.toMatchObject(unauthorized)
  })

  test('must name an existing namespace', async () => {
    await using world = await socketWorld()
    const token = world.tokenOf(someUser())
    await expect(letIn(world.connect('/', token))).rejects.toMatchObject({
      data: { code: 'no_such_namespace' },
    })
    for (const name of ['/secrets', '/secrets', '/order', '/%00'])
      await expect(letIn(world.connect(name, token))).rejects.toMatchObject({
        message: expect.stringMatching(/^Connect to .*\/orders\b.* or \/[a-z]+\.$/),
        data: { code: 'no_such_namespace' },
      })
    await letIn(world.connect('/orders', token))
  })

  test('is limited to a hundred for each user', async () => {
    await using world = await socketWorld()
    const token = world.tokenOf(someUser())
    const open = () => letIn(world.connect('/inventory', token, { transports: ['websocket'] }))
    await Promise.all(Array.from({ length: 100 }, open))
    await expect(open()).rejects.toMatchObject({ data: { code: 'too_many_connections' } })
    await letIn(world.connect('/inventory', world.tokenOf(someUser())))
  })
})

describe('an invalid question', () => {
  const uuid = '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11'
  test.each([
    [undefined, 'The payload must be an object.'],
    [null, 'The payload must be an object.'],
    ['text', 'The payload must be an object.'],
    [[uuid], 'The payload must be an object.'],
    [Buffer.from('binary'), 'orderId is required.'],
    [{}, 'orderId is required.'],
    [{ orderId: 7 }, 'orderId must be a text.'],
    [{ orderId: { $ne: '' } }, 'orderId must be a text.'],
    [{ orderId: 'order-1' }, 'orderId must be a UUID.'],
    [{ orderId: uuid, all: true }, 'all is not known here; leave it out.'],
  ])('such as %j is refused with the faulty field', async (payload, message) => {
    await using world = await socketWorld()
    const socket = world.connect('/orders', world.tokenOf(someUser()))
    const answer = await socket.emitWithAck(
      'order:subscribe',
      ...(payload === undefined ? [] : [payload]),
    )
    expect(answer).toEqual({ ok: false, code: 'invalid_request', message })
    expect(world.written).toEqual([])
  })

  test('is refused when it is unknown, and ignored when no acknowledgement is requested', async () => {
    await using world = await socketWorld()
    const socket = world.connect('/orders', world.tokenOf(someUser()))
    expect(await socket.emitWithAck('order:steal', {})).toMatchObject({
      ok: false,
      code: 'no_such_event',
    })
    socket.emit('order:subscribe', 7).emit('order:subscribe').emit('order:steal', 1, 2, 3)
    expect(await socket.emitWithAck('order:unsubscribe', { orderId: uuid })).toEqual({ ok: true })
  })

  test.each([
    ['without a payload', ''],
    ['without a payload, to be acknowledged', ',7'],
    ['named by a number', ',[1,{}]'],
    ['named by a number, to be acknowledged', ',7[1,{}]'],
  ])('%s is refused, and the process goes on', async (_, packet) => {
    await using world = await socketWorld()
    const socket = new WebSocket(
      `${world.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
    )
    const heard: string[] = []
    socket.addEventListener('message', ({ data }) => void heard.push(String(data)))
    await once(socket, 'open')
    const token = world.tokenOf(someUser())
    socket.send(`40/orders,${JSON.stringify({ token })}`)
    await expect.poll(() => heard.some((one) => one.startsWith('40/orders,'))).toBe(true)
    socket.send(`42/orders${packet}`)
    socket.send('42/orders,8["order:steal",{}]')
    await expect.poll(() => heard.find((one) => one.startsWith('43/orders,8'))).toContain('steal')
    const acknowledged = heard.filter((one) => one.startsWith('43/orders,7'))
    expect(acknowledged).toHaveLength(packet.startsWith(',7') ? 1 : 0)
    expect(acknowledged.every((one) => one.includes('no_such_event'))).toBe(true)
    socket.close()
  })

  test('larger than 64 kB closes its connection, and no other', async () => {
    await using world = await socketWorld()
    const other = world.connect('/orders', world.tokenOf(someUser()))
    await letIn(other)
    const socket = world.connect('/orders', world.tokenOf(someUser()), { reconnection: false })
    await letIn(socket)
    const ended = new Promise((resolve) => socket.once('disconnect', resolve))
    socket.emit('order:subscribe', { orderId: 'x'.repeat(70_000) })
    await ended
    expect(other.connected).toBe(true)
  })

  test('beyond the rate limit is refused', async () => {
    await using world = await socketWorld()
    const socket = world.connect('/orders', world.tokenOf(someUser()))
    const askAll = () =>
      Promise.all(
        Array.from({ length: 2_001 }, () =>
          socket.emitWithAck('order:unsubscribe', { orderId: uuid }),
        ),
      )
    const first = await askAll()
    expect(first.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(2_000)
    const refusedIn = (answers: typeof first) => answers.find(({ ok }) => !ok)
    let refused = refusedIn(first)
    // On a busy machine, so many take longer than the window of the limit.
    for (let round = 0; !refused && round < 20; round += 1) refused = refusedIn(await askAll())
    expect(refused).toMatchObject({ ok: false, code: 'too_many_requests' })
  })
})

describe('a socket whose token is revoked', () => {
  const origin = (actorId: string) => ({
    commandId: randomUUID(),
    actorId,
    correlationId: randomUUID(),
  })
  const opening = (userId: UserId) => ({
    type: 'OpenSession' as const,
    data: { userId, refreshHash: 'x', expiresAt: '2100-01-01T00:00:00.000Z' },
  })
  const closed = (socket: Socket) =>
    new Promise((resolve) => socket.once('disconnect', (reason) => resolve(reason)))

  test('is disconnected, unlike those of other sessions and users', async () => {
    await using world = await socketWorld()
    const ada = someUser()
    const sessions = [newId(SessionId), newId(SessionId)] as const
    for (const id of sessions) await world.execute(session, id, opening(ada), origin(ada))
    const [lost, kept, other] = [
      world.connect('/orders', world.tokenIn(ada, sessions[0])),
      world.connect('/orders', world.tokenIn(ada, sessions[1])),
      world.connect('/orders', world.tokenOf(someUser())),
    ]
    await Promise.all([lost, kept, other].map(letIn))
    const ended = closed(lost)
    await world.execute(
      session,
      sessions[0],
      { type: 'RevokeSession', data: { reason: 'lost' } },
      origin(ada),
    )
    expect(await ended).toBe('io server disconnect')
    // A disconnected socket would get no answer.
    for (const socket of [kept, other])
      expect(await socket.timeout(60_000).emitWithAck('order:subscribe', {})).toMatchObject({
        code: 'invalid_request',
      })
  })

  test('is disconnected when the key of its token is revoked, and not when the key is rotated', async () => {
    await using world = await socketWorld()
    const old = world.connect('/orders', world.tokenOf(someUser()))
    await letIn(old)
    const ended = closed(old)
    await world.keys.rotate()
    expect(old.connected).toBe(true)
    await world.keys.rotate({ revoke: true })
    const next = world.connect('/orders', world.tokenOf(someUser()))
    await letIn(next)
    expect(await ended).toBe('io server disconnect')
    expect(next.connected).toBe(true)
  })

  test.each([
    ['suspended', { type: 'SuspendAccount', data: { reason: 'spam' } }],
    ['closed', { type: 'CloseAccount', data: { reason: 'asked for' } }],
    ['an admin no longer', { type: 'RevokeRole', data: { role: 'admin' } }],
  ] as const)('is disconnected since its user was %s', async (_, command) => {
    await using world = await socketWorld()
    const ada = someUser()
    const roles = ['admin' as const]
    const person = { userId: ada, email: 'ada@example.org', username: 'ada', roles }
    await world.execute(account, ada, { type: 'RegisterAccount', data: person }, origin(ada))
    const socket = world.connect('/notifications', world.tokenOf(ada, 'admin'))
    await letIn(socket)
    const ended = closed(socket)
    await world.execute(account, ada, command, origin('admin'))
    expect(await ended).toBe('io server disconnect')
  })
})
