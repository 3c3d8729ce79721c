import { expect } from 'vitest'
import { randomUUID } from 'node:crypto'
import { someMetadata } from '#kernel/testing'
import { serveEventStore } from '../../../../edges/eventstore-protocol/endpoint.ts'
import { memoryStreamIndex } from '../../stream-index/memory.ts'
import { Unavailable } from '../../../unavailable.ts'
import { eventStoreLog, type EventStoreOptions } from '../eventstoredb.ts'
import type { EventLog, ExpectedRevision, NewEvent } from '../port.ts'

/** Serves a log over the protocol of EventStoreDB on this machine, without authentication, with appends of up to 8 MiB. */
export const serve = (log: EventLog, port = 0) =>
  serveEventStore({
    log,
    host: '127.0.0.1',
    port,
    writable: true,
    maxAppendBytes: 8 * 1024 * 1024,
    masked: (event) => event,
  })

/** Opens a log at a port of this machine. */
export const open = (port: number, options: Partial<EventStoreOptions> = {}) =>
  eventStoreLog({
    url: `esdb://127.0.0.1:${port}?tls=false`,
    index: memoryStreamIndex(),
    ...options,
  })

/** An event for tests. */
export const event = (n: number): NewEvent => ({
  eventId: randomUUID(),
  type: 'Counted',
  data: { n },
  metadata: someMetadata,
})

/** Follows a log from the start and records its events. */
export const followed = (log: EventLog) => {
  const stop = new AbortController()
  const seen: { readonly eventId: string; readonly position: bigint }[] = []
  const failures: unknown[] = []
  const following = (async () => {
    const options = { signal: stop.signal, onError: (error: unknown) => void failures.push(error) }
    for await (const { events } of log.subscribe(0n, options)) seen.push(...events)
  })()
  return {
    seen,
    failures,
    stop: () => {
      stop.abort()
      return following
    },
  }
}

/** Appends with retries after outages. */
export const insist = async (
  log: EventLog,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
) => {
  for (;;) {
    try {
      return await log.append(stream, expected, events)
    } catch (error) {
      expect.assert(error instanceof Unavailable, String(error))
    }
  }
}
