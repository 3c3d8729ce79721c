import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { serveEventStore } from '../../../src/edges/eventstore-protocol/endpoint.ts'
import { memoryConsumerGroups } from '../../../src/platform/messaging/consumer-groups/memory.ts'
import { memoryEventLog } from '../../../src/platform/storage/event-log/memory.ts'
import { someMetadata } from '#kernel/testing'
import type { EventStoreTarget } from './target.ts'

/** Password of all callers. */
const password = 'a password: of the fuzz'

/**
 * Serves a log in memory, which accepts events of any type, as `npx agora serve-log` does.
 * @param options.tls certificate and key; without them, everybody may what an admin may
 * @param options.onError called with what the endpoint reports as unexpected
 */
export const inMemoryEndpoint = async ({
  writable,
  tls,
  onError,
}: {
  readonly writable: boolean
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer }
  readonly onError: (error: unknown) => void
}): Promise<EventStoreTarget & AsyncDisposable> => {
  const log = memoryEventLog()
  for (let at = 0; at < 300; at += 1)
    await log.append(`order-${at % 7}`, 'any', [
      { eventId: randomUUID(), type: `Type${at % 5}`, data: { at }, metadata: someMetadata },
    ])
  const groups = memoryConsumerGroups()
  const endpoint = await serveEventStore({
    log,
    host: '127.0.0.1',
    port: 0,
    writable,
    masked: (event) => event,
    groups,
    onError,
    ...(tls && {
      tls,
      authenticate: async (name, given) =>
        given === password && (name === 'admin' || name === 'analyst') ? name : undefined,
    }),
  })
  const stop = new AbortController()
  const leading = endpoint.groups?.lead(
    { signal: stop.signal, isHeld: () => !stop.signal.aborted },
    { host: '127.0.0.1', port: endpoint.port },
  )
  while (!(await groups.leader())) await pause(5)
  return {
    name: `${writable ? 'a writable' : 'a read-only'} log in memory`,
    port: endpoint.port,
    ca: tls?.cert,
    writable,
    type: 'Type1',
    credentialsOf: (as) => (tls && as !== 'nobody' ? [as, password] : undefined),
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await leading
      await endpoint.close()
    },
  }
}
