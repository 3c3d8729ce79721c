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
import { anEvent, append, clientOf, served } from './testing/served.ts'

let tls: { readonly cert: Buffer; readonly key: Buffer }
beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  tls = { cert: Buffer.from(made.cert), key: Buffer.from(made.private) }
})

const people: Authenticate = async (name, password) =>
  password !== 'right:pw'
    ? undefined
    : name === 'ada'
      ? 'admin'
      : name === 'ann'
        ? 'analyst'
        : undefined

const masked = (event: RecordedEvent): RecordedEvent => ({ ...event, data: { masked: true } })

/** An endpoint with a certificate, and clients of it by name. */
const guarded = async (options: Partial<EndpointOptions> = {}) => {
  const log = memoryEventLog()
  await log.append('order-1', 'none', [anEvent('OrderPlaced', { secret: 1 })])
  const endpoint = await serveEventStore({
    log,
    host: 'localhost',
    port: 0,
    writable: true,
    tls,
    authenticate: people,
    masked,
    ...options,
  })
  onTestFinished(() => endpoint.close())
  const folder = await mkdtemp(join(tmpdir(), 'agora-tls-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const ca = join(folder, 'ca.pem')
  await writeFile(ca, tls.cert)
  const as = (who: string) =>
    clientOf(`esdb://${who}localhost:${endpoint.port}?tls=true&tlsCAFile=${encodeURIComponent(ca)}`)
  return { endpoint, as, log }
}

const dataSeen = async (client: EventStoreDBClient) => {
  const found: unknown[] = []
  for await (const { event } of client.readStream('order-1')) found.push(event?.data)
  return found
}
const appending = (client: EventStoreDBClient) =>
  client.appendToStream('order-1', jsonEvent({ type: 'OrderPaid', data: { by: 'card' } }))

test('an admin sees what was recorded, and appends where it is writable', async () => {
  const { as, log } = await guarded()
  const client = as('ada:right%3Apw@')
  expect(await dataSeen(client)).toEqual([{ secret: 1 }])
  await appending(client)
  expect(await log.head()).toBe(2n)
})

test('an analyst sees what is not secret, in streams, the log and subscriptions, and appends nothing', async () => {
  const { as, log } = await guarded()
  const client = as('ann:right%3Apw@')
  expect(await dataSeen(client)).toEqual([{ masked: true }])
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

test('a stream that is shown under another name is not there to be found by its own', async () => {
  const renaming = (event: RecordedEvent): RecordedEvent =>
    event.stream.startsWith('email-') ? { ...event, stream: 'email-***' } : event
  const { as, log } = await guarded({ masked: renaming })
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

test('where it is not writable, an admin sees and may as much as an analyst', async () => {
  const { as } = await guarded({ writable: false })
  const client = as('ada:right%3Apw@')
  expect(await dataSeen(client)).toEqual([{ masked: true }])
  await expect(appending(client)).rejects.toBeInstanceOf(AccessDeniedError)
})

test.each(['ada:wrong@', 'eve:right%3Apw@', ''])('"%s" gets nothing', async (who) => {
  const { as } = await guarded()
  const client = as(who)
  await expect(dataSeen(client)).rejects.toMatchObject({ code: 16, type: 'access-denied' })
  await expect(appending(client)).rejects.toMatchObject({ code: 16, type: 'access-denied' })
  const errors: Error[] = []
  client.subscribeToAll().on('error', (error) => errors.push(error))
  await expect.poll(() => errors[0]).toMatchObject({ code: 16 })
})

test('when nobody can tell who calls, the caller tries again later', async () => {
  const { as } = await guarded({
    authenticate: () => Promise.reject(new Unavailable('The accounts are away')),
  })
  await expect(dataSeen(as('ada:right%3Apw@'))).rejects.toMatchObject({ type: 'unavailable' })
})

test('without a certificate, events are shown without secrets unless it is writable', async () => {
  const { client, log } = await served({ writable: false, masked })
  await append(log, 'order-1', 'OrderPlaced')
  expect(await dataSeen(client)).toEqual([{ masked: true }])
})

test.each(['0.0.0.0', '::', '192.0.2.1', 'example.org'])(
  'without a certificate it does not listen on %s',
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

test('with a certificate it has to know who may call', async () => {
  const listening = serveEventStore({
    log: memoryEventLog(),
    host: 'localhost',
    port: 0,
    writable: false,
    tls,
    masked,
  })
  await expect(listening).rejects.toThrow(/who may call/)
})

test('a port that is taken is said to be so', async () => {
  const { endpoint } = await served()
  await expect(served({ port: endpoint.port })).rejects.toThrow(String(endpoint.port))
})

test('clients that ask for the cluster find the one there is', async () => {
  const { endpoint, log } = await served()
  await append(log, 'order-1', 'OrderPlaced')
  const client = clientOf(`esdb+discover://127.0.0.1:${endpoint.port}?tls=false`)
  expect(await dataSeen(client)).toEqual([{}])
})

test('closing tells readers to connect again, and lets go of the port at once', async () => {
  const { endpoint, client, log } = await served()
  const errors: Error[] = []
  const words: string[] = []
  client
    .subscribeToAll({ fromPosition: START })
    .on('caughtUp', () => words.push('caught up'))
    .on('error', (error) => errors.push(error))
  await expect.poll(() => words).toEqual(['caught up'])
  await endpoint.close()
  await expect.poll(() => errors).toMatchObject([{ type: 'unavailable' }])

  const again = await served({ port: endpoint.port, log })
  await append(log, 'order-1', 'OrderPlaced')
  expect(await dataSeen(again.client)).toEqual([{}])
})
