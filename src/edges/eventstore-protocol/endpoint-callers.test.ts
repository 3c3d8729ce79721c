import {
  AccessDeniedError,
  jsonEvent,
  START,
  StreamNotFoundError,
  streamNameFilter,
  type EventStoreDBClient,
} from '@eventstore/db-client'
import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import type { Authenticate } from './callers.ts'
import { serveEventStore, type EndpointOptions } from './endpoint.ts'
import { anEvent, append, batching, clientOf, served } from './testing/served.ts'

let tls: { readonly cert: Buffer; readonly key: Buffer }
beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  tls = { cert: Buffer.from(made.cert), key: Buffer.from(made.private) }
})

const accounts: Authenticate = async (name, password) =>
  password !== 'right:pw'
    ? undefined
    : name === 'ada'
      ? 'admin'
      : name === 'ann'
        ? 'analyst'
        : undefined

const masked = (event: RecordedEvent): RecordedEvent => ({ ...event, data: { masked: true } })

/** An endpoint with TLS and authentication, and clients of it by credentials. */
const authenticatedEndpoint = async (options: Partial<EndpointOptions> = {}) => {
  const log = memoryEventLog()
  await log.append('order-1', 'none', [anEvent('OrderPlaced', { secret: 1 })])
  const endpoint = await serveEventStore({
    log,
    host: 'localhost',
    port: 0,
    writable: true,
    tls,
    authenticate: accounts,
    masked,
    ...options,
  })
  onTestFinished(() => endpoint.close())
  const folder = await mkdtemp(join(tmpdir(), 'agora-tls-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const ca = join(folder, 'ca.pem')
  await writeFile(ca, tls.cert)
  const as = (credentials: string) =>
    clientOf(
      `esdb://${credentials}localhost:${endpoint.port}?tls=true&tlsCAFile=${encodeURIComponent(ca)}`,
    )
  return { endpoint, as, log }
}

const dataRead = async (client: EventStoreDBClient) => {
  const found: unknown[] = []
  for await (const { event } of client.readStream('order-1')) found.push(event?.data)
  return found
}
const appending = (client: EventStoreDBClient) =>
  client.appendToStream('order-1', jsonEvent({ type: 'OrderPaid', data: { by: 'card' } }))

test('an admin reads unmasked events, and appends where the endpoint is writable', async () => {
  const { as, log } = await authenticatedEndpoint()
  const client = as('ada:right%3Apw@')
  expect(await dataRead(client)).toEqual([{ secret: 1 }])
  await appending(client)
  expect(await log.head()).toBe(2n)
})

test('an analyst reads masked events from streams, the log and subscriptions, and may not append', async () => {
  const { as, log } = await authenticatedEndpoint()
  const client = as('ann:right%3Apw@')
  expect(await dataRead(client)).toEqual([{ masked: true }])
  for await (const { event } of client.readAll()) expect(event?.data).toEqual({ masked: true })
  const live: unknown[] = []
  client
    .subscribeToAll({ fromPosition: START })
    .on('data', ({ event }) => live.push(event?.data))
    .on('error', () => undefined)
  await expect.poll(() => live).toEqual([{ masked: true }])
  await expect(appending(client)).rejects.toBeInstanceOf(AccessDeniedError)
  expect(await log.head()).toBe(1n)
})

test('a stream whose name is masked is neither read nor filtered by its real name', async () => {
  const renaming = (event: RecordedEvent): RecordedEvent =>
    event.stream.startsWith('email-') ? { ...event, stream: 'email-***' } : event
  const { as, log } = await authenticatedEndpoint({ masked: renaming })
  await log.append('email-0a', 'none', [anEvent('EmailClaimed', {})])
  await log.append('order-9', 'none', [anEvent('OrderPlaced', {})])
  const filter = streamNameFilter({ prefixes: ['email-0', 'order-9'] })
  const found = async (client: EventStoreDBClient) => {
    const all: unknown[] = []
    for await (const { event } of client.readAll()) all.push(event?.streamId)
    const filtered: unknown[] = []
    client
      .subscribeToAll({ fromPosition: START, filter })
      .on('data', ({ event }) => filtered.push(event?.streamId))
      .on('error', () => undefined)
    await expect.poll(() => filtered).toContain('order-9')
    return { all, filtered }
  }
  const [ada, ann] = [as('ada:right%3Apw@'), as('ann:right%3Apw@')]
  expect(await found(ada)).toEqual({
    all: ['order-1', 'email-0a', 'order-9'],
    filtered: ['email-0a', 'order-9'],
  })
  expect(await found(ann)).toEqual({
    all: ['order-1', 'email-***', 'order-9'],
    filtered: ['order-9'],
  })
  const byName = async (client: EventStoreDBClient) => {
    const types: unknown[] = []
    for await (const { event } of client.readStream('email-0a')) types.push(event?.type)
    return types
  }
  expect(await byName(ada)).toEqual(['EmailClaimed'])
  await expect(byName(ann)).rejects.toBeInstanceOf(StreamNotFoundError)
})

test('on a read-only endpoint, an admin has the permissions of an analyst', async () => {
  const { as } = await authenticatedEndpoint({ writable: false })
  const client = as('ada:right%3Apw@')
  expect(await dataRead(client)).toEqual([{ masked: true }])
  await expect(appending(client)).rejects.toBeInstanceOf(AccessDeniedError)
})

test.each(['ada:wrong@', 'eve:right%3Apw@', ''])(
  'credentials "%s" are UNAUTHENTICATED',
  async (credentials) => {
    const { as } = await authenticatedEndpoint()
    const client = as(credentials)
    await expect(dataRead(client)).rejects.toMatchObject({ code: 16, type: 'access-denied' })
    await expect(appending(client)).rejects.toMatchObject({ code: 16, type: 'access-denied' })
    const errors: Error[] = []
    client.subscribeToAll().on('error', (error) => errors.push(error))
    await expect.poll(() => errors[0]).toMatchObject({ code: 16 })
  },
)

/** An endpoint whose accounts change, and its time. */
const changingAccounts = async () => {
  const world = { now: 0, version: 1, accounts }
  const { as, log } = await authenticatedEndpoint({
    authenticate: (...credentials) => world.accounts(...credentials),
    accountVersion: async () => String(world.version),
    now: () => world.now,
  })
  const change = (changed: Authenticate): void => {
    world.accounts = changed
    world.version += 1
  }
  return { world, log, change, client: as('ada:right%3Apw@') }
}

test.each([
  ['is suspended', async () => undefined, 16],
  ['has become an analyst', async () => 'analyst' as const, 7],
])('a subscription of an account that %s gets nothing after a minute', async (_, changed, code) => {
  const { world, log, change, client } = await changingAccounts()
  const got: unknown[] = []
  const errors: Error[] = []
  client
    .subscribeToAll({ fromPosition: START })
    .on('data', ({ event }) => got.push(event?.type))
    .on('error', (error) => errors.push(error))
  await expect.poll(() => got).toEqual(['OrderPlaced'])
  world.now = 60_000
  await append(log, 'order-1', 'OrderPaid')
  await expect.poll(() => got).toEqual(['OrderPlaced', 'OrderPaid'])
  change(changed)
  world.now = 120_000
  await append(log, 'order-1', 'OrderShipped')
  await expect.poll(() => errors[0]).toMatchObject({ code })
  expect(got).toEqual(['OrderPlaced', 'OrderPaid'])
})

test('a call of batched appends by an account that is suspended records nothing after a minute', async () => {
  const { world, log, change, client } = await changingAccounts()
  const appender = batching(client)
  await appending(appender)
  expect(await log.head()).toBe(2n)
  change(async () => undefined)
  world.now = 60_000
  await expect(appending(appender)).rejects.toMatchObject({ code: 16 })
  expect(await log.head()).toBe(2n)
})

test('a call is UNAVAILABLE while authentication is', async () => {
  const { as } = await authenticatedEndpoint({
    authenticate: () => Promise.reject(new Unavailable('The accounts are away')),
  })
  await expect(dataRead(as('ada:right%3Apw@'))).rejects.toMatchObject({ type: 'unavailable' })
})

test('without a certificate, events are masked unless the endpoint is writable', async () => {
  const { client, log } = await served({ writable: false, masked })
  await append(log, 'order-1', 'OrderPlaced')
  expect(await dataRead(client)).toEqual([{ masked: true }])
})

test.each(['0.0.0.0', '::', '192.0.2.1', 'example.org'])(
  'without a certificate the endpoint does not listen on %s',
  async (host) => {
    const listening = serveEventStore({
      log: memoryEventLog(),
      host,
      port: 0,
      writable: false,
      masked,
    })
    await expect(listening).rejects.toThrow(/without a certificate/i)
  },
)

test('a certificate requires authenticate', async () => {
  const listening = serveEventStore({
    log: memoryEventLog(),
    host: 'localhost',
    port: 0,
    writable: false,
    tls,
    masked,
  })
  await expect(listening).rejects.toThrow(/needs authenticate/)
})

test('an error names a port that is in use', async () => {
  const { endpoint } = await served()
  await expect(served({ port: endpoint.port })).rejects.toThrow(String(endpoint.port))
})

test('clients that discover a cluster find this endpoint', async () => {
  const { endpoint, log } = await served()
  await append(log, 'order-1', 'OrderPlaced')
  const client = clientOf(`esdb+discover://127.0.0.1:${endpoint.port}?tls=false`)
  expect(await dataRead(client)).toEqual([{}])
})

test('closing ends subscriptions as UNAVAILABLE, and releases the port', async () => {
  const { endpoint, client, log } = await served()
  const errors: Error[] = []
  const signals: string[] = []
  client
    .subscribeToAll({ fromPosition: START })
    .on('caughtUp', () => signals.push('caught up'))
    .on('error', (error) => errors.push(error))
  await expect.poll(() => signals).toEqual(['caught up'])
  await endpoint.close()
  await expect.poll(() => errors).toMatchObject([{ type: 'unavailable' }])

  const restarted = await served({ port: endpoint.port, log })
  await append(log, 'order-1', 'OrderPlaced')
  expect(await dataRead(restarted.client)).toEqual([{}])
})
