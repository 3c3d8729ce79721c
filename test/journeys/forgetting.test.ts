import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../../src/cli/program.ts'
import { openDatabase, type Database } from '../../src/platform/postgres/database.ts'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import { root, successOf, type Person, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

/** Somebody of whom nothing could be taken for anything else. */
const zephyrine = {
  email: 'z.quillfeather@unusual-mail.example',
  password: 'a long password',
  username: 'quillzeph',
  name: 'Zephyrine Quillfeather',
}
const address = {
  name: 'Zephyrine at the mill',
  line1: 'Wobbleton Crescent 77',
  line2: 'Behind the glockenspiel',
  city: 'Umbrellaford',
  postalCode: 'WQ7 7XZ',
  country: 'GB',
}
const said = {
  bio: 'Collects barometers from Krakatoa',
  username: 'quillzephyra',
  displayName: 'Quillfeather Wares',
  about: 'Barometers, mended by moonlight',
}
const { country: _, ...traces } = address
const browser = 'Wobblefox/77 (steam)'
/** What must be found nowhere in the end. */
const needles = [
  zephyrine.email,
  zephyrine.username,
  zephyrine.name,
  ...Object.values(traces),
  ...Object.values(said),
  browser,
]

/** Every row of every table of ours, in every schema, with its bytes as text as well. */
const rowsOf = async (database: Database): Promise<ReadonlyMap<string, string>> => {
  const tables = await database.query<{ name: string }>(`
    SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT LIKE 'pg\\_%' AND table_schema <> 'information_schema'`)
  const rows = new Map<string, string>()
  for (const { name } of tables) {
    const found = await database.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`)
    rows.set(name, found.map(({ row }) => row).join('\n'))
  }
  return rows
}

const filesOf = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile(),
  )
  const read = files.map(async ({ parentPath, name }): Promise<[string, string]> => {
    const path = join(parentPath, name)
    return [path, `${path}\n${await readFile(path, 'latin1')}`]
  })
  return new Map(await Promise.all(read))
}

/** Where something of her is, in any of the ways in which bytes are shown. */
const tracesIn = (places: ReadonlyMap<string, string>, wanted = needles): readonly string[] =>
  [...places].flatMap(([place, content]) => {
    const lower = content.toLowerCase()
    return wanted
      .filter((needle) =>
        [needle, Buffer.from(needle).toString('hex'), Buffer.from(needle).toString('base64')].some(
          (shape) => lower.includes(shape.toLowerCase()),
        ),
      )
      .map((needle) => `${place}: ${needle}`)
  })

describe('somebody who wants to be forgotten', () => {
  let agora: AgoraHere
  let shop: Shop
  let database: Database
  let her: Person
  let orderId: string
  let receipt: { out: string; code: number; said: string }
  beforeAll(async () => {
    agora = await agoraHere()
    shop = agora.shop
    database = openDatabase(agora.postgresUrl)
  })
  afterAll(async () => {
    await database.close()
    await agora[Symbol.asyncDispose]()
  })

  const admin = async (method: 'GET' | 'POST', path: string, body?: unknown) =>
    (await shop.admin()).call(method, path, body)

  const type = async (...args: readonly string[]) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const code = await runCli(args, {
      env: { AGORA_URL: shop.url, ADMIN_EMAIL: root.email, ADMIN_PASSWORD: root.password },
      stdout,
      stderr,
      signal: new AbortController().signal,
      openLog: async () => undefined,
      logs: {
        open: () => Promise.reject(new Error('No log is meant')),
        serve: () => Promise.reject(new Error('No log is meant')),
        switchTo: () => Promise.reject(new Error('No log is meant')),
      },
    })
    stdout.end()
    stderr.end()
    return { code, out: await text(stdout), said: await text(stderr) }
  }

  const mails = async () => [...(await filesOf(join(agora.data, 'outbox'))).values()]

  test('has left traces in the stores, but not in the log', async () => {
    successOf(
      await shop.anyone('POST', '/auth/register', zephyrine, { 'idempotency-key': randomUUID() }),
      201,
    )
    her = await shop.signIn(zephyrine)
    const { email, password } = zephyrine
    await shop.anyone('POST', '/auth/login', { email, password }, { 'user-agent': browser })
    const lamp = await shop.sell(10)
    const keyed = { 'idempotency-key': randomUUID() }
    const basket = {
      items: [{ kind: 'product', refId: lamp, quantity: 2 }],
      paymentMethod: { token: 'tok_ok' },
      shippingAddress: address,
    }
    orderId = successOf(await her.call('POST', '/orders', basket, keyed), 202).body.data.id
    await her.settled(orderId)
    const { bio, username, ...seller } = said
    successOf(await her.call('PATCH', `/users/${her.id}`, { bio, username }, keyed), 200)
    successOf(await her.call('POST', '/users/me/seller', seller), 202)
    await shop.anyone('POST', '/auth/login', { ...zephyrine, password: 'a wrong password' })
    const friend = await shop.register()
    await friend.call('POST', `/users/${her.id}/follow`)
    await database.query({
      text: `INSERT INTO agora.dead_letters (id, kind, name, key, position, type, error)
        VALUES ($1, 'saga', 'none', $2, 1, 'UserRegistered', $3)`,
      values: [randomUUID(), her.id, `Error: no mail can be sent to ${zephyrine.email}`],
    })
    await until(mails, (found) => found.some((mail) => mail.includes(zephyrine.email)))
    await until(
      async () => (await admin('GET', `/users/search?q=${username}`)).body.data.users,
      ({ length }) => length === 1,
    )
    // With the new role comes a new token.
    const roles = async () => (await admin('GET', `/admin/users/${her.id}`)).body.data.roles
    await until(roles, (held) => held.includes('seller'))
    her = await shop.signIn(zephyrine)

    const rows = await rowsOf(database)
    expect(tracesIn(rows).filter((place) => place.startsWith('read.'))).not.toEqual([])
    expect(tracesIn(new Map([['log', rows.get('agora.events')!]]))).toEqual([])
    // Whoever may read them sees them as they are.
    const order = await her.call('GET', `/orders/${orderId}`)
    expect(order.body.data.shippingAddress).toEqual(address)
    const me = await her.call('GET', '/users/me')
    expect(me.body.data).toMatchObject({ email: zephyrine.email })
  })

  test('is forgotten by one command, which prints a receipt of every place', async () => {
    receipt = await type('forget', zephyrine.email)
    expect(receipt).toMatchObject({ code: 0, said: '' })
    for (const place of ['log', 'snapshots', 'answers to requests', 'parked events', 'outbox'])
      expect(receipt.out).toContain(place)
    expect(receipt.out).toContain('none says anything of them any more')
    expect(receipt.out).toContain(`${her.id} is forgotten; the key`)
    expect(tracesIn(new Map([['receipt', receipt.out]]))).toEqual([])
  })

  test('is found in no table and no file any more', async () => {
    expect(tracesIn(await rowsOf(database))).toEqual([])
    expect(tracesIn(await filesOf(agora.data))).toEqual([])
  })

  test('is found in no answer any more, whoever asks', async () => {
    expect((await her.call('GET', '/users/me')).status).toBe(401)
    const { email, password } = zephyrine
    expect((await shop.anyone('POST', '/auth/login', { email, password })).status).toBe(401)
    expect((await admin('GET', `/users/${her.id}`)).status).toBe(404)
    const answers = await Promise.all(
      [
        `/admin/users/${her.id}`,
        `/admin/users?q=${said.username}`,
        `/admin/users?q=${zephyrine.email}`,
        `/users/search?q=${said.username}`,
        `/orders/${orderId}`,
        `/notifications/user/${her.id}`,
        `/analytics/streams/account-${her.id}/events`,
        `/analytics/streams/profile-${her.id}/events`,
        `/analytics/streams/order-${orderId}/events`,
        `/admin/users/${her.id}/forget`,
      ].map(async (path): Promise<[string, string]> => {
        const answer = await admin('GET', path)
        expect(answer.status).toBeLessThan(500)
        return [path, answer.text]
      }),
    )
    // What was asked for may be repeated in links, but nothing else of her.
    expect(tracesIn(new Map(answers))).toEqual([])
  })

  test('leaves an order whose money is still counted', async () => {
    const order = await admin('GET', `/orders/${orderId}`)
    expect(order.body.data).toMatchObject({ status: 'CONFIRMED', total: { amount: 3_998 } })
    expect(order.body.data.shippingAddress).toBeUndefined()
  })

  test('is forgotten still when all read models are built anew', async () => {
    for (const model of ['accounts', 'profiles', 'orders', 'sessions', 'notifications']) {
      const before = await generationOf(model)
      expect((await admin('POST', `/admin/projections/${model}/rebuild`)).status).toBe(202)
      await until(
        () => generationOf(model),
        (generation) => generation > before,
      )
    }
    // Tables of the builds before go meanwhile, under the feet of who reads them.
    await until(
      async () => tracesIn(await rowsOf(database)),
      (found) => found.length === 0,
    )
    const { body } = await admin('GET', '/admin/dead-letters')
    expect(body.data.deadLetters.filter(({ name }: { name: string }) => name !== 'none')).toEqual(
      [],
    )
  })

  const generationOf = async (model: string): Promise<number> => {
    const { body } = await admin('GET', '/admin/projections')
    return body.data.projections.find(({ name }: { name: string }) => name === model).generation
  }

  test('may come back, as somebody else', async () => {
    const again = successOf(await shop.anyone('POST', '/auth/register', zephyrine), 201)
    expect(again.body.data.userId).not.toBe(her.id)
  })

  test('is asked for once more: the receipt is the same', async () => {
    const again = await type('forget', her.id, '--json')
    expect(JSON.parse(again.out)).toMatchObject({ userId: her.id, status: 'forgotten' })
    expect(await type('forget', 'nobody-by-that-name')).toMatchObject({ code: 1 })
    const own = await admin('POST', `/admin/users/${root.email}/forget`)
    expect(own).toMatchObject({ status: 409, body: { code: 'own_account' } })
  })
})
