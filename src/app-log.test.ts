import { randomUUID } from 'node:crypto'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { Type } from 'typebox'
import { expect, onTestFinished, test } from 'vitest'
import { catalogue, evolved, Fields } from '#kernel'
import { serveLog } from './app-log.ts'
import { createLogger } from './logger.ts'
import { memoryCounters } from './platform/counters/memory.ts'
import { checked } from './platform/event-log/checked.ts'
import { memoryEventLog } from './platform/event-log/memory.ts'
import { argon2Passwords } from './platform/passwords/argon2.ts'
import { executor } from './platform/runtime/execute.ts'
import { memorySnapshots } from './platform/snapshots/memory.ts'

const Moved = evolved(Fields({ to: Type.String(), by: Type.String() }), (old: { to: string }) => ({
  ...old,
  by: 'foot',
}))

test.each([undefined, { schemaVersion: 1 }, { schemaVersion: 7 }])(
  'what a client of EventStoreDB appends in the shape of today is kept as such, whatever its metadata %j say',
  async (metadata) => {
    const events = catalogue([{ name: 'thing', events: { Moved } }])
    const raw = memoryEventLog()
    const log = checked(raw, events)
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
    const data = { to: 'Rome', by: 'train' }
    await client.appendToStream(
      `thing-${randomUUID()}`,
      jsonEvent({ type: 'Moved', data, ...(metadata && { metadata }) }),
    )
    expect((await log.readAll()).events).toMatchObject([{ data, metadata: { schemaVersion: 2 } }])
  },
)
