import { randomUUID } from 'node:crypto'
import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { generate } from 'selfsigned'
import { Type } from 'typebox'
import { expect, onTestFinished, test } from 'vitest'
import { catalogue, evolved, Fields } from '#kernel'
import { serveLog } from './log.ts'
import { emailIdOf } from '../domains/identity/language.ts'
import { deciders } from '../domains/index.ts'
import { ensureAdmin } from '../domains/identity/services/accounts.ts'
import { lockout } from '../domains/identity/services/lockout.ts'
import { createLogger } from '../logger.ts'
import { memoryConsumerGroups } from '../platform/messaging/consumer-groups/memory.ts'
import { memoryCounters } from '../platform/security/counters/memory.ts'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { argon2Passwords } from '../platform/security/passwords/argon2.ts'
import { executor } from '../runtime/execute.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'

const Moved = evolved(Fields({ to: Type.String(), by: Type.String() }), (old: { to: string }) => ({
  ...old,
  by: 'foot',
}))

/** A writable endpoint over a log with one declared event type, and a client of it. */
const movedEndpoint = async () => {
  const events = catalogue([
    { name: 'thing', events: { Moved } },
    { name: 'other', events: {} },
  ])
  const raw = memoryEventLog()
  const log = validatingLog(raw, events)
  const endpoint = await serveLog(
    { eventStoreEndpoint: { host: '127.0.0.1', port: 0, isExplicit: true, writable: true } },
    {
      raw,
      log,
      catalogue: events,
      executor: executor({ log, snapshots: memorySnapshots(), catalogue: events }),
      passwords: argon2Passwords(),
      counters: memoryCounters(),
      groups: memoryConsumerGroups(),
      logger: await createLogger('silent'),
      onError: () => undefined,
    },
  )
  onTestFinished(() => endpoint?.close())
  const client = EventStoreDBClient.connectionString(endpoint?.url ?? '')
  onTestFinished(() => client.dispose())
  return { raw, log, client }
}

test.each([undefined, { schemaVersion: 1 }, { schemaVersion: 7 }])(
  'an event that a client of EventStoreDB appends gets the current schema version, whatever its metadata %j',
  async (metadata) => {
    const { log, client } = await movedEndpoint()
    const data = { to: 'Rome', by: 'train' }
    await client.appendToStream(
      `thing-${randomUUID()}`,
      jsonEvent({ type: 'Moved', data, ...(metadata && { metadata }) }),
    )
    expect((await log.readAll()).events).toMatchObject([{ data, metadata: { schemaVersion: 2 } }])
  },
)

test('a port in use is a warning for the default port, and an error for a configured one', async () => {
  const occupied = createServer().listen(0, '127.0.0.1')
  await once(occupied, 'listening')
  onTestFinished(() => void occupied.close())
  const { port } = occupied.address() as AddressInfo
  const events = catalogue([])
  const raw = memoryEventLog()
  const written: string[] = []
  const serve = (isExplicit: boolean) =>
    serveLog(
      { eventStoreEndpoint: { host: '127.0.0.1', port, isExplicit, writable: false } },
      {
        raw,
        log: raw,
        catalogue: events,
        executor: executor({ log: raw, snapshots: memorySnapshots(), catalogue: events }),
        passwords: argon2Passwords(),
        counters: memoryCounters(),
        groups: memoryConsumerGroups(),
        logger: pino({}, { write: (line: string) => void written.push(line) }),
        onError: () => undefined,
      },
    )
  expect(await serve(false)).toBeUndefined()
  expect(written).toEqual([expect.stringMatching(/"holder":"(another )?process .*AGORA_ESDB_PORT/)])
  await expect(serve(true)).rejects.toThrow(
    new RegExp(`127.0.0.1:${port} is in use by .*; stop it first, or set AGORA_ESDB_PORT`),
  )
})

test('an event is rejected in a stream of another decider, which could not be folded any more', async () => {
  const { raw, client } = await movedEndpoint()
  const moved = jsonEvent({ type: 'Moved', data: { to: 'Rome', by: 'train' } })
  await expect(client.appendToStream('other-1', moved)).rejects.toMatchObject({
    message: expect.stringMatching(
      /Moved belongs to streams of the category thing, not to other-1/,
    ),
  })
  expect(await raw.head()).toBe(0n)
  await client.appendToStream('foreign-1', moved)
  expect(await raw.head()).toBe(1n)
})

test('an event of an undeclared type is rejected; the error lists the declared types and names serve-log', async () => {
  const { raw, client } = await movedEndpoint()
  const appended = client.appendToStream('thing-1', jsonEvent({ type: 'Guessed', data: {} }))
  await expect(appended).rejects.toMatchObject({
    message: expect.stringMatching(
      /No event Guessed is declared.*npx agora serve-log.*Declared types: Moved/,
    ),
  })
  const binary = binaryEvent({ type: 'Moved', data: Buffer.from([1]) })
  await expect(client.appendToStream('thing-1', binary)).rejects.toThrow(/Moved is binary/)
  expect(await raw.head()).toBe(0n)
})

test('the endpoint rejects old passwords at once, and counts wrong ones for the lockout', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'agora-tls-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  await writeFile(tls.cert, made.cert)
  await writeFile(tls.key, made.private)

  const events = catalogue(deciders)
  const raw = memoryEventLog()
  const log = validatingLog(raw, events)
  const passwords = argon2Passwords()
  const ports = { executor: executor({ log, snapshots: memorySnapshots(), catalogue: events }) }
  const counters = memoryCounters()
  await ensureAdmin(
    { ...ports, passwords },
    { email: 'ada@example.org', password: 'the right one' },
  )
  const endpoint = await serveLog(
    { eventStoreEndpoint: { host: 'localhost', port: 0, isExplicit: true, writable: false, tls } },
    {
      ...ports,
      raw,
      log,
      catalogue: events,
      passwords,
      counters,
      groups: memoryConsumerGroups(),
      logger: await createLogger('silent'),
      onError: () => undefined,
    },
  )
  onTestFinished(() => endpoint?.close())
  const readAs = async (password: string) => {
    const credentials = `ada%40example.org:${encodeURIComponent(password)}`
    const client = EventStoreDBClient.connectionString(
      `esdb://${credentials}@localhost:${endpoint?.port}?tls=true&tlsCAFile=${encodeURIComponent(tls.cert)}`,
    )
    onTestFinished(() => client.dispose())
    const types: string[] = []
    for await (const { event } of client.readAll()) types.push(event?.type ?? '')
    return types
  }

  expect(await readAs('the right one')).toContain('UserRegistered')
  // The old password is invalid at once, although it was verified a moment ago.
  await ensureAdmin({ ...ports, passwords }, { email: 'ada@example.org', password: 'another one' })
  await expect(readAs('the right one')).rejects.toThrow(/UNAUTHENTICATED/)
  expect(await readAs('another one')).toContain('UserRegistered')
  for (let guess = 0; guess < 8; guess++)
    await expect(readAs(`guess ${guess}`)).rejects.toThrow(/UNAUTHENTICATED/)
  const subject = emailIdOf('ada@example.org')
  const elsewhere = await Promise.allSettled(
    ['127.0.0.1', '::1'].map((ip) => lockout(counters).enter({ subject, ip, device: undefined })),
  )
  expect(elsewhere).toContainEqual({
    status: 'rejected',
    reason: expect.objectContaining({ statusCode: 429 }),
  })
})
