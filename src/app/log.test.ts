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

/** A writable endpoint of a log that takes things that move, and a client of it. */
const movable = async () => {
  const events = catalogue([{ name: 'thing', events: { Moved } }])
  const raw = memoryEventLog()
  const log = validatingLog(raw, events)
  const endpoint = await serveLog(
    { eventStoreEndpoint: { host: '127.0.0.1', port: 0, asked: true, writable: true } },
    {
      raw,
      log,
      catalogue: events,
      executor: executor({ log, snapshots: memorySnapshots(), catalogue: events }),
      passwords: argon2Passwords(),
      counters: memoryCounters(),
      logger: createLogger('silent'),
      onError: () => undefined,
    },
  )
  onTestFinished(() => endpoint?.close())
  const client = EventStoreDBClient.connectionString(endpoint?.url ?? '')
  onTestFinished(() => client.dispose())
  return { raw, log, client }
}

test.each([undefined, { schemaVersion: 1 }, { schemaVersion: 7 }])(
  'what a client of EventStoreDB appends in the shape of today is kept as such, whatever its metadata %j say',
  async (metadata) => {
    const { log, client } = await movable()
    const data = { to: 'Rome', by: 'train' }
    await client.appendToStream(
      `thing-${randomUUID()}`,
      jsonEvent({ type: 'Moved', data, ...(metadata && { metadata }) }),
    )
    expect((await log.readAll()).events).toMatchObject([{ data, metadata: { schemaVersion: 2 } }])
  },
)

test('a port that is taken is said to be so: in a warning where nobody asked for it, else in an error', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as AddressInfo
  const events = catalogue([])
  const raw = memoryEventLog()
  const written: string[] = []
  const serve = (asked: boolean) =>
    serveLog(
      { eventStoreEndpoint: { host: '127.0.0.1', port, asked, writable: false } },
      {
        raw,
        log: raw,
        catalogue: events,
        executor: executor({ log: raw, snapshots: memorySnapshots(), catalogue: events }),
        passwords: argon2Passwords(),
        counters: memoryCounters(),
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

test('an event of a type that nobody declared is refused with those that are, and where it can go', async () => {
  const { raw, client } = await movable()
  const appended = client.appendToStream('thing-1', jsonEvent({ type: 'Guessed', data: {} }))
  await expect(appended).rejects.toMatchObject({
    message: expect.stringMatching(
      /No event Guessed is declared.*npx agora serve-log.*Declared are Moved/,
    ),
  })
  const binary = binaryEvent({ type: 'Moved', data: Buffer.from([1]) })
  await expect(client.appendToStream('thing-1', binary)).rejects.toThrow(/Moved is binary/)
  expect(await raw.head()).toBe(0n)
})

test('who guesses passwords at the endpoint, or has one that was changed, is not let in', async () => {
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
    { eventStoreEndpoint: { host: 'localhost', port: 0, asked: true, writable: false, tls } },
    {
      ...ports,
      raw,
      log,
      catalogue: events,
      passwords,
      counters,
      logger: createLogger('silent'),
      onError: () => undefined,
    },
  )
  onTestFinished(() => endpoint?.close())
  const readAs = async (password: string) => {
    const who = `ada%40example.org:${encodeURIComponent(password)}`
    const client = EventStoreDBClient.connectionString(
      `esdb://${who}@localhost:${endpoint?.port}?tls=true&tlsCAFile=${encodeURIComponent(tls.cert)}`,
    )
    onTestFinished(() => client.dispose())
    const types: string[] = []
    for await (const { event } of client.readAll()) types.push(event?.type ?? '')
    return types
  }

  expect(await readAs('the right one')).toContain('UserRegistered')
  // A new password ends the old one at once, although it was right a moment ago.
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
