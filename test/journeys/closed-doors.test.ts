import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeys } from '../../src/platform/security/keys/open-keys.ts'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import type { Call, Reply } from '../support/http.ts'
import { allOrders, basketOf, callAt, type Person, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

let agora: AgoraHere
let shop: Shop
let ada: Person
let lamp: string
beforeAll(async () => {
  agora = await agoraHere()
  shop = agora.shop
  ada = await shop.register('ada')
  lamp = await shop.sell(1_000)
})
afterAll(() => agora[Symbol.asyncDispose]())

/** Checks the shape of a problem. @returns its status and code */
const problemOf = ({ status, headers, body }: Reply): string => {
  expect(headers['content-type']).toContain('application/problem+json')
  expect(body).toMatchObject({ success: false, status, title: expect.any(String) })
  expect(body.detail.length).toBeGreaterThan(10)
  expect(body.traceId).toBe(headers['x-correlation-id'])
  return `${status} ${body.code}`
}

const ordersOf = async (person: Person): Promise<number> => {
  const head = (await (await shop.admin()).call('GET', '/analytics/events?limit=1')).body.data.head
  const { body } = await person.call('GET', `/orders?limit=1&minPosition=${head}`)
  return body.data.total
}

/** The current signing key of an Agora. */
const keyOf = async ({ data, postgresUrl }: AgoraHere) => {
  const database = openDatabase(postgresUrl, { connections: 1 })
  const keys = await openKeys(database, { folder: data, tokenTtl: 1_000 })
  await keys.close()
  await database.close()
  return keys.signing()
}

describe('a token', () => {
  const partsOf = (token: string) =>
    token
      .split('.')
      .slice(0, 2)
      .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()))
  const claimsOf = (token: string) => partsOf(token)[1]
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = (header: object, claims: object, key: KeyObject | string) => {
    const content = `${part(header)}.${part(claims)}`
    return `${content}.${sign(null, Buffer.from(content), key).toString('base64url')}`
  }

  const tokens: Record<string, (key: string, kid: string) => string | undefined> = {
    missing: () => undefined,
    'that is none': () => 'nonsense',
    'signed with another key': (_, kid) =>
      signed({ alg: 'EdDSA', kid }, claimsOf(ada.token), generateKeyPairSync('ed25519').privateKey),
    'without a signature (alg none)': () =>
      `${part({ alg: 'none' })}.${part(claimsOf(ada.token))}.`,
    'signed with the public key as if it were a secret': (key) => {
      const secret = createPublicKey(key).export({ type: 'spki', format: 'pem' })
      const content = `${part({ alg: 'HS256' })}.${part(claimsOf(ada.token))}`
      return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`
    },
    'that was tampered with': () => {
      const [header, , signature] = ada.token.split('.')
      return `${header}.${part({ ...claimsOf(ada.token), roles: ['admin'] })}.${signature}`
    },
    'that has expired': (key, kid) =>
      signed({ alg: 'EdDSA', kid }, { ...claimsOf(ada.token), exp: 1_000_000_000 }, key),
    'that was issued by somebody else': (key, kid) =>
      signed({ alg: 'EdDSA', kid }, { ...claimsOf(ada.token), iss: 'others' }, key),
    'that is for somebody else': (key, kid) =>
      signed({ alg: 'EdDSA', kid }, { ...claimsOf(ada.token), aud: 'others' }, key),
  }

  test.each(Object.keys(tokens))('%s is rejected by every route', async (kind) => {
    const { privateKey: key, kid } = await keyOf(agora)
    const token = tokens[kind]?.(key, kid)
    const call: Call = callAt(shop.url, token)
    const replies = await Promise.all([
      call('GET', '/users/me'),
      call('POST', '/orders', basketOf({ [lamp]: 1 })),
      call('POST', '/products', {}),
    ])
    const code =
      kind === 'missing'
        ? 'not_signed_in'
        : kind.endsWith('expired')
          ? 'token_expired'
          : 'invalid_token'
    expect(replies.map(problemOf)).toEqual(Array(3).fill(`401 ${code}`))
    expect(replies[0]?.headers['www-authenticate']).toBe('Bearer')
  })

  test('with valid claims and the real key is accepted: the cases above fail for the stated reason', async () => {
    const { privateKey: key } = await keyOf(agora)
    const header = partsOf(ada.token)[0]
    const call = callAt(shop.url, signed(header, claimsOf(ada.token), key))
    expect((await call('GET', '/users/me')).body.data).toMatchObject({ userId: ada.id })
  })
})

test('a user cannot read or change what belongs to another user', async () => {
  const eve = await shop.register('eve')
  const id = await ada.buy({ [lamp]: 1 })
  const { payment } = await ada.settled(id)
  const replies = await Promise.all([
    eve.call('GET', `/orders/${id}`),
    eve.call('GET', `/orders/${id}/history`),
    eve.call('POST', `/orders/${id}/cancel`, {}),
    eve.call('PUT', `/orders/${id}`, { status: 'SHIPPED' }),
    eve.call('GET', `/payments/order/${id}`),
    eve.call('GET', `/payments/${payment?.id}`),
    eve.call('GET', `/notifications/user/${ada.id}`),
    eve.call('POST', '/products', {}),
    eve.call('PUT', `/inventory/${lamp}`, { quantity: 1, reason: 'mine' }),
    eve.call('GET', '/admin/projections'),
    eve.call('GET', '/analytics/events'),
  ])
  expect(replies.map(problemOf)).toEqual(replies.map(() => '403 forbidden'))
  expect(await allOrders(eve)).toEqual([])
})

describe('an Idempotency-Key', () => {
  const keyed = (key: string) => ({ 'idempotency-key': key })

  test('returns the first answer again, byte for byte, and has one effect', async () => {
    const bob = await shop.register()
    const key = randomUUID()
    const first = await bob.order({ [lamp]: 1 }, 'tok_ok', keyed(key))
    const again = await bob.order({ [lamp]: 1 }, 'tok_ok', keyed(key))
    expect([first.status, again.status]).toEqual([202, 202])
    expect(again.text).toBe(first.text)
    expect(again.headers['location']).toBe(first.headers['location'])
    expect(await ordersOf(bob)).toBe(1)
  })

  test('is rejected with another payload, and is scoped to its user', async () => {
    const [bob, eve] = await Promise.all([shop.register(), shop.register()])
    const key = randomUUID()
    const first = await bob.order({ [lamp]: 1 }, 'tok_ok', keyed(key))
    expect(problemOf(await bob.order({ [lamp]: 2 }, 'tok_ok', keyed(key)))).toBe(
      '422 idempotency_key_reused',
    )
    const other = await eve.order({ [lamp]: 1 }, 'tok_ok', keyed(key))
    expect(other.status).toBe(202)
    expect(other.body.data.id).not.toBe(first.body.data.id)
  })

  test('that is sent many times concurrently places one order', async () => {
    const bob = await shop.register()
    const key = randomUUID()
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => bob.order({ [lamp]: 1 }, 'tok_ok', keyed(key))),
    )
    const taken = replies.filter(({ status }) => status === 202)
    expect(new Set(replies.map(({ status }) => status)).difference(new Set([202, 409]))).toEqual(
      new Set(),
    )
    expect(new Set(taken.map(({ text }) => text)).size).toBe(1)
    expect(await ordersOf(bob)).toBe(1)
  })
})

test('malformed bytes on a connection are answered or cut off, and the server keeps serving', async () => {
  const { hostname, port } = new URL(shop.url)
  const say = async (...words: readonly (string | Buffer)[]): Promise<string> => {
    const socket = connect(Number(port), hostname)
    let received = ''
    socket.on('data', (bytes) => (received += bytes.toString('latin1')))
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    for (const word of words) socket.write(word)
    socket.end()
    await until(
      () => socket.closed,
      (closed) => closed,
    )
    return received
  }
  const head = `POST /api/v1/orders HTTP/1.1\r\nHost: x\r\n`
  const answers = await Promise.all([
    say('hello?\r\n\r\n'),
    say(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0xff])),
    say(`GET / HTTP/1.1\r\n${'X-A: b\r\n'.repeat(5_000)}\r\n`),
    say(`${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
    say(`${head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"items"`),
    say(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`),
    say(
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ),
    say(''),
  ])
  for (const answer of answers) expect(answer).not.toMatch(/^HTTP\/1\.1 (2|5)/)
  expect(answers[0]).toContain('400 Bad Request')
  expect((await shop.anyone('GET', '//health/ready')).status).toBe(200)
})

test('none of these requests logged an error', () => {
  expect(agora.written).toEqual([])
})
