import { randomUUID } from 'node:crypto'
import grpc from '@eventstore/db-client/generated/streams_grpc_pb.js'
import { expect, onTestFinished, test, vi } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import { open, serve } from '../../platform/storage/event-log/testing/eventstoredb.ts'
import { spoiltWire } from '../../platform/storage/event-log/testing/wire.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { lineOf } from './compare-logs.ts'
import { copyLog } from './copy.ts'
import { recordInRuns } from './record-in-runs.ts'

const events = 3_000

/** A log of many interleaved streams, with two event types. */
const source = async (): Promise<EventLog> => {
  const log = memoryEventLog()
  for (let n = 0; n < events; n += 1) {
    const type = n % 5 === 0 ? 'Started' : 'Counted'
    const data = { n }
    const at = new Date(Date.UTC(2030, 0, 1, 0, 0, n)).toISOString()
    const event = { eventId: randomUUID(), type, data, metadata: someMetadata, at }
    await log.append(`thing-${(n * 7) % 211}`, 'any', [event])
  }
  return log
}

/**
 * An endpoint over a log in memory, behind a proxy that can cut the connection.
 * @param spoil called once, before answers are sent, when more than half of the events are recorded
 */
const target = async (spoil: () => void = () => undefined) => {
  const targetLog = memoryEventLog()
  let isSpoilt = false
  const server = await serve({
    ...targetLog,
    appendInOrder: async (appends) => {
      const outcomes = await targetLog.appendInOrder(appends)
      if (!isSpoilt && (await targetLog.head()) > events / 2) {
        isSpoilt = true
        spoil()
      }
      return outcomes
    },
  })
  const wire = await spoiltWire(server.port)
  onTestFinished(async () => {
    await wire[Symbol.asyncDispose]()
    await server.close()
  })
  return { targetLog, wire }
}

const copyTo = async (from: EventLog, port: number, appendTimeoutMs?: number) => {
  const log = await open(port, appendTimeoutMs === undefined ? {} : { appendTimeoutMs })
  try {
    return await copyLog({
      from: { label: 'the old log', log: from },
      to: { label: 'the new log', log, recordInOrder: recordInRuns(log), batchSize: 1_000 },
      verifyOnly: false,
      show: () => undefined,
      signal: new AbortController().signal,
    })
  } finally {
    await log.close()
  }
}

const linesOf = async (log: EventLog) =>
  (await log.readAll({ limit: 2 * events })).events.map(lineOf)

/** Counts the calls that clients send after this. */
const callsCounted = () => {
  const { prototype } = grpc.StreamsClient
  const calls = (['append', 'batchAppend', 'read'] as const).map((name) =>
    vi.spyOn(prototype, name),
  )
  onTestFinished(() => calls.forEach((call) => call.mockRestore()))
  return () => calls.reduce((sum, { mock }) => sum + mock.calls.length, 0)
}

test('a copy to EventStoreDB appends to many streams in one call, in order', async () => {
  const from = await source()
  const { targetLog, wire } = await target()
  const sent = callsCounted()
  expect(await copyTo(from, wire.port)).toMatchObject({ events, copied: events })
  expect(await linesOf(targetLog)).toEqual(await linesOf(from))
  expect(sent()).toBeLessThan(events / 50)
})

test('a copy resumes by itself after its connection was cut', async () => {
  const from = await source()
  let isCut = false
  const { targetLog, wire } = await target(() => {
    isCut = true
    wire.cut()
  })
  expect(await copyTo(from, wire.port)).toMatchObject({ events, copied: events })
  expect(isCut).toBe(true)
  expect(await linesOf(targetLog)).toEqual(await linesOf(from))
})

test('a copy that failed when its connection was lost is resumed by the next one', async () => {
  const from = await source()
  const { targetLog, wire } = await target(() => wire.freeze())
  await expect(copyTo(from, wire.port, 2_000)).rejects.toThrow(Unavailable)
  const before = Number(await targetLog.head())
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThan(events)
  expect((await linesOf(targetLog)).join('')).toBe((await linesOf(from)).slice(0, before).join(''))
  wire.cut()
  expect(await copyTo(from, wire.port)).toMatchObject({ events, copied: events - before })
  expect(await linesOf(targetLog)).toEqual(await linesOf(from))
})
