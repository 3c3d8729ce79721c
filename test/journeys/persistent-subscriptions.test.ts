import {
  EventStoreDBClient,
  NotLeaderError,
  persistentSubscriptionToAllSettingsFromDefaults,
  START,
  streamNameFilter,
} from '@eventstore/db-client'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { leadGroups } from '../../src/app/lead-groups.ts'
import { serveEventStore } from '../../src/edges/eventstore-protocol/endpoint.ts'
import { append } from '../../src/edges/eventstore-protocol/testing/served.ts'
import { backOff } from '../../src/platform/back-off.ts'
import { postgresConsumerGroups } from '../../src/platform/messaging/consumer-groups/postgres.ts'
import { postgresLeases } from '../../src/platform/messaging/leases/postgres.ts'
import { postgresEventLog } from '../../src/platform/storage/event-log/postgres.ts'
import { startAgora, temporaryData } from '../support/agora.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

const group = 'welcome letters'

/**
 * A consumer that records what it gets.
 * @param options.isBusy whether it acknowledges events, and connects again whenever it is disconnected, as programs do;
 *   otherwise it hangs
 */
const consumerAt = (port: number, { isBusy }: { readonly isBusy: boolean }) => {
  const client = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?tls=false`)
  const got: string[] = []
  const acked = new Set<string>()
  const pauses = backOff()
  const stop = new AbortController()
  const consume = async (): Promise<void> => {
    do {
      const subscription = client.subscribeToPersistentSubscriptionToAll(group, { bufferSize: 4 })
      // Its connection may be the reason that it ends.
      const end = () => void subscription.unsubscribe().catch(() => undefined)
      stop.signal.addEventListener('abort', end, { once: true })
      // It may fail again after its end was seen.
      subscription.on('error', () => undefined)
      subscription.on('data', (resolved) => {
        const event = resolved.event?.streamId ?? ''
        got.push(event)
        pauses.reset()
        if (!isBusy) return
        subscription.ack(resolved).then(
          () => acked.add(event),
          () => undefined,
        )
      })
      await once(subscription, 'close', { signal: stop.signal }).catch(() => undefined)
      stop.signal.removeEventListener('abort', end)
      await pauses.wait(stop.signal)
    } while (isBusy && !stop.signal.aborted)
  }
  const consuming = consume()
  onTestFinished(async () => {
    stop.abort()
    await client.dispose()
    await consuming
  })
  return { client, got, acked }
}

/** An endpoint of this process, which serves the log of a database, and takes over the groups. */
const endpointHere = async ({ database }: TestDatabase) => {
  await using starting = new AsyncDisposableStack()
  const onError = () => undefined
  const log = starting.adopt(await postgresEventLog(database), (it) => it.close())
  const endpoint = starting.adopt(
    await serveEventStore({
      log,
      host: '127.0.0.1',
      port: 0,
      writable: true,
      masked: (event) => event,
      groups: postgresConsumerGroups(database),
    }),
    (it) => it.close(),
  )
  const leases = starting.adopt(postgresLeases(database), (it) => it.close())
  const address = { host: '127.0.0.1', port: endpoint.port }
  starting.use(leadGroups(endpoint, address, { leases, onError }))
  const everything = starting.move()
  return { log, ...address, [Symbol.asyncDispose]: () => everything.disposeAsync() }
}

test('consumers go on when the process that leads their group is killed, and when one of them hangs', async () => {
  await using database = await startedDatabase()
  await using data = await temporaryData()
  await using agora = await startAgora(data.path, {
    POSTGRES_URL: database.url,
    AGORA_ESDB_PORT: '0',
  })
  const line = /esdb:\/\/127\.0\.0\.1:(\d+)/
  const port = Number(line.exec(await until(agora.output, (text) => line.test(text)))?.[1])
  const groups = postgresConsumerGroups(database.database)
  const isLedAt = (one: number) =>
    until(
      () => groups.leader(),
      (leader) => leader?.port === one,
    )
  await isLedAt(port)
  await using here = await endpointHere(database)

  const busy = consumerAt(here.port, { isBusy: true })
  const settings = persistentSubscriptionToAllSettingsFromDefaults({
    startFrom: START,
    messageTimeout: 1_000,
  })
  const filter = streamNameFilter({ prefixes: ['user-'] })
  const outcomes: unknown[] = []
  // The endpoint that does not lead names the other one, where the client connects.
  await until(
    () =>
      busy.client
        .createPersistentSubscriptionToAll(group, settings, { filter })
        .catch((error: unknown) => error),
    (outcome) => outcomes.push(outcome) > 0 && outcome === undefined,
  )
  const refusals = outcomes.filter((outcome) => outcome !== undefined)
  expect(refusals.every((outcome) => outcome instanceof NotLeaderError)).toBe(true)
  const hung = consumerAt(port, { isBusy: false })
  await until(
    () => busy.client.getPersistentSubscriptionToAllInfo(group),
    ({ connections }) => connections.length === 2,
  )
  const appendSome = async () => {
    for (let n = 0; n < 6; n += 1) await append(here.log, `user-${randomUUID()}`, 'Registered')
  }
  const streams = async (): Promise<readonly string[]> => {
    const rows = await database.database.query<{ stream: string }>(
      "SELECT DISTINCT stream FROM agora.events WHERE stream LIKE 'user-%'",
    )
    return rows.map(({ stream }) => stream)
  }
  const allAcked = async () => (await streams()).every((stream) => busy.acked.has(stream))
  await appendSome()
  await until(allAcked, Boolean)
  expect(hung.got.length).toBeGreaterThan(0)

  await agora.kill()
  await isLedAt(here.port)
  await appendSome()
  await until(allAcked, Boolean)
  const { stats } = await busy.client.getPersistentSubscriptionToAllInfo(group)
  expect(stats.parkedMessageCount).toBe(0n)
})
