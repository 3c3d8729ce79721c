import { readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { io } from 'socket.io-client'
import { expect, test } from 'vitest'
import { processesIn } from '../../src/platform/engines/embedded/leftovers.ts'
import { agoraHere, runMain, startAgora, temporaryData } from '../support/agora.ts'
import { assertBooksAgree } from '../support/books.ts'
import { placeOrders } from '../support/load.ts'
import { allSettled, callAt, shopAt, successOf, type Credentials } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

/** No admin is configured. */
const nobody = { ADMIN_EMAIL: '', ADMIN_PASSWORD: '' }

/** Pauses a read model. @returns a position of the log that it does not reach */
const beyond = async (call: ReturnType<typeof callAt>, name: string): Promise<string> => {
  successOf(await call('POST', `/admin/projections/${name}/pause`, {}), 202)
  await until(
    async () => {
      const { body } = await call('GET', '/admin/projections')
      return body.data.projections.find((one: { name: string }) => one.name === name).status
    },
    (status) => status === 'paused',
  )
  const product = { name: 'Bell', category: 'sound', price: { amount: 1, currency: 'EUR' } }
  return successOf(await call('POST', '/products', product), 201).body.meta.position
}

test('an Agora without configuration creates an admin, shuts down gracefully under load, and resumes after a restart', async () => {
  await using data = await temporaryData()
  const adminFile = join(data.path, 'admin.json')
  let acknowledged: readonly string[]
  let person
  let admin: Credentials
  let lamp: string
  {
    // A busy machine may take longer than the default.
    await using agora = await startAgora(data.path, { ...nobody, AGORA_STOP_TIMEOUT: '60s' })

    admin = JSON.parse(await readFile(adminFile, 'utf8'))
    expect((await stat(adminFile)).mode & 0o777).toBe(0o600)
    // The command line reads its URL from there.
    expect(await readFile(join(data.path, 'url'), 'utf8')).toBe(`${agora.url}\n`)
    expect(agora.output()).toContain(admin.email)
    expect(agora.output()).toContain(adminFile)
    expect(agora.output()).not.toContain(admin.password)

    const shop = shopAt(agora.url, admin)
    const ada = (person = await shop.register('ada'))
    lamp = await shop.sell(5_000)
    const socket = io(`${agora.url}/orders`, { auth: { token: ada.token }, forceNew: true })
    await until(
      () => socket.connected,
      (connected) => connected,
    )

    const second = runMain(data.path, nobody)
    await second.closed
    expect(second.child.exitCode).toBe(1)
    expect(second.output()).toContain(`is in use by process ${agora.child.pid}`)
    expect(second.output()).toContain('AGORA_DATA')
    expect(second.output()).not.toContain('    at ')

    const load = placeOrders(ada, () => [{ [lamp]: 1 }, 'tok_ok'], { atOnce: 16 })
    await until(
      () => load.acknowledged().length,
      (count) => count > 20,
    )
    // A read that waits for a read model that is paused is certainly in flight.
    const { call } = await shop.admin()
    const waiting = ada.call('GET', `/products?minPosition=${await beyond(call, 'products')}`)
    // Some clients only connect, or send half of a request.
    const loiterers = ['', 'GET /health HTTP/1.1\r\nHost: '].map((words) => {
      const loiterer = connect(Number(new URL(agora.url).port), '127.0.0.1')
      loiterer.on('error', () => undefined)
      loiterer.write(words)
      return loiterer
    })
    await expect.poll(() => load.acknowledged().length).toBeGreaterThan(50)
    const answered = load.stop()
    const { code } = await agora.stop()
    expect(code).toBe(0)
    expect(agora.output()).not.toContain('took too long')
    await answered
    expect(
      [...load.statuses().keys()].filter((status) => status !== 202 && status !== 503),
    ).toEqual([])
    expect((await waiting).status).toBe(503)
    await expect(shop.anyone('GET', '//health/live')).rejects.toThrow('fetch failed')
    await until(
      () => socket.connected,
      (connected) => !connected,
    )
    socket.disconnect()
    for (const loiterer of loiterers) loiterer.destroy()
    expect(await processesIn(join(data.path, 'postgres', 'data'))).toEqual([])
    acknowledged = load.acknowledged()
  }

  await using agora = await startAgora(data.path, nobody)
  const shop = shopAt(agora.url, admin)
  expect(agora.output()).not.toContain(admin.password)
  expect(JSON.parse(await readFile(adminFile, 'utf8'))).toEqual(admin)
  const { call } = await shop.admin()
  expect((await call('GET', '/users/me')).body.data.roles).toContain('admin')
  // The lines of the former process, up to its last one, and of this one.
  await until(
    async () => {
      const { body } = await call('GET', '/observability/logs?service=agora&q=agora')
      return body.data.entries.map(({ message }: { message: string }) => message.split(':')[0])
    },
    (messages: readonly string[]) =>
      messages.includes('Agora stops') &&
      messages.filter((message) => message === 'Agora is ready').length === 2,
  )

  // A token from before the restart is accepted after it.
  const ada = { call: callAt(agora.url, person.token) }
  expect((await ada.call('GET', '/users/me')).body.data).toMatchObject({ userId: person.id })
  const orders = await allSettled(ada, { among: acknowledged })
  expect(orders.every(({ status }) => status === 'CONFIRMED')).toBe(true)
  await assertBooksAgree({ shop, data: data.path }, orders, { [lamp]: 5_000 })
})

test('a request whose client has disconnected ends before the stores are closed', async () => {
  const agora = await agoraHere()
  const ada = await agora.shop.register()
  const { host, hostname, port } = new URL(agora.shop.url)
  // The read waits for a position that its read model does not reach.
  const { call } = await agora.shop.admin()
  const position = await beyond(call, 'orders')
  const client = connect(Number(port), hostname)
  client.write(
    `GET /api/v1/orders?minPosition=${position} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${ada.token}\r\n\r\n`,
  )
  // Later requests are answered, so this one is certainly being served.
  await ada.call('GET', '/users/me')
  await ada.call('GET', '/orders?limit=1')
  client.destroy()
  await agora[Symbol.asyncDispose]()
  // The answer is that the read timed out, not that the database is closed.
  expect(agora.written.filter((line) => !line.includes('has not reached'))).toEqual([])
})

test('an Agora stops in time while a request waits for a hung statement', async () => {
  await using data = await temporaryData()
  await using fresh = await startedDatabase()
  await using agora = await startAgora(data.path, { POSTGRES_URL: fresh.url })
  const { call } = await agora.shop.admin()
  const { query, transaction } = fresh.database
  await transaction(async (session) => {
    await session.query('LOCK TABLE agora.dead_letters IN ACCESS EXCLUSIVE MODE')
    const open = call('GET', '/admin/dead-letters').catch(() => 'cut off')
    await until(
      () =>
        query(
          `SELECT FROM pg_locks WHERE NOT granted AND relation = 'agora.dead_letters'::regclass`,
        ),
      (waiting) => waiting.length > 0,
    )
    const { code } = await agora.stop()
    expect(agora.output()).not.toContain('took too long')
    expect(code).toBe(0)
    expect(await open).toBe('cut off')
  })
})

test('an invalid environment variable ends the start at once, with its name', async () => {
  await using data = await temporaryData()
  const bad = runMain(data.path, { PORT: 'eighty', ORDER_TIMEOUT: 'soon' })
  await bad.closed
  expect(bad.child.exitCode).toBe(1)
  expect(bad.output()).toContain('PORT')
  expect(bad.output()).toContain('ORDER_TIMEOUT')
  expect(bad.output()).not.toContain('    at ')
})
