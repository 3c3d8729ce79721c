import { setTimeout as delay } from 'node:timers/promises'
import any from 'google-protobuf/google/protobuf/any_pb.js'
import wellKnown from 'google-protobuf/google/protobuf/empty_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import statuses from '@eventstore/db-client/generated/status_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { appendOneTo, type AppendDeps } from './eventstoredb-append.ts'
import { appendBatchTo, appendInBatches } from './eventstoredb-batch-append.ts'
import { Unreachable } from './eventstoredb-failures.ts'
import type { BatchAnswer, BatchMessage } from './eventstoredb-messages.ts'
import { memoryEventLog } from './memory.ts'
import { Conflict, type Append } from './port.ts'
import { event } from './testing/eventstoredb.ts'

const success = (position: number, prepare = position): BatchAnswer => {
  const at = new shared.AllStreamPosition().setCommitPosition(String(position))
  const taken = new streams.BatchAppendResp.Success().setCurrentRevision('0')
  return new streams.BatchAppendResp().setSuccess(
    taken.setPosition(at.setPreparePosition(String(prepare))),
  )
}

const failed = (name: string, detail: { serializeBinary: () => Uint8Array }): BatchAnswer => {
  const details = new any.Any()
  details.pack(detail.serializeBinary(), `event_store.client.${name}`)
  return new streams.BatchAppendResp().setError(
    new statuses.Status().setMessage('No').setDetails(details),
  )
}
const timeout = () => failed('Timeout', new shared.Timeout())
const conflict = () =>
  failed(
    'WrongExpectedVersion',
    new shared.WrongExpectedVersion().setCurrentNoStream(new wellKnown.Empty()),
  )

const streamIn = (message: BatchMessage): string =>
  Buffer.from(message.getOptions()!.getStreamIdentifier()!.getStreamName_asU8()).toString()

/**
 * A server that answers each call by a script: answers, one for each append, optionally followed by an error.
 * @param options.took duration of each call, in ms
 */
const scripted = (
  script: readonly (readonly (BatchAnswer | Error)[])[],
  { took = 0, timeoutMs = 5_000 } = {},
) => {
  const there = memoryEventLog()
  const calls: string[][] = []
  const never = () => Promise.reject(new Error('Not expected'))
  const deps: AppendDeps = {
    calls: {
      append: never,
      read: never,
      batchAppend: async (sent, _, answered) => {
        const answers = script[calls.length]!
        calls.push(sent.map(streamIn))
        await delay(took)
        for (const answer of answers) {
          if (answer instanceof Error) throw answer
          answered(answer)
        }
      },
      subscribe: () => ({ pause: () => {}, resume: () => {}, stop: () => {} }),
      isUp: () => true,
      closing: new AbortController().signal,
      heardAt: () => 0,
      close: () => {},
    },
    read: there.read,
    watermark: { known: async () => 0n, saw: () => {} },
    clock: () => new Date(),
    timeout: 1_000,
  }
  const appendInOrder = appendInBatches(appendBatchTo(deps, appendOneTo(deps)), timeoutMs)
  return { there, calls, appendInOrder }
}

const appends = ['thing-1', 'thing-2', 'thing-3'].map((stream, n): Append => ({
  stream,
  expected: 'none',
  events: [event(n)],
}))
const recorded = (log: ReturnType<typeof memoryEventLog>, { stream, events }: Append) =>
  log.append(stream, 'none', events)

test('appends without an answer are sent again after an outage, in order', async () => {
  const { there, calls, appendInOrder } = scripted([
    [success(10), new Unreachable('lost')],
    [success(20), success(30)],
  ])
  await recorded(there, appends[1]!)
  await recorded(there, appends[2]!)
  expect(await appendInOrder(appends)).toEqual([
    { revision: 0, position: 10n },
    // Found in their streams, since the interrupted call may have recorded them.
    { revision: 0, position: 1n, before: true },
    { revision: 0, position: 2n, before: true },
  ])
  expect(calls).toEqual([
    ['thing-1', 'thing-2', 'thing-3'],
    ['thing-2', 'thing-3'],
  ])
})

test('a conflict of a resent append is resolved if it was recorded the first time', async () => {
  const { there, appendInOrder } = scripted([
    [new Unreachable('lost')],
    [conflict(), conflict(), success(30)],
  ])
  await recorded(there, appends[0]!)
  await recorded(there, appends[2]!)
  const [first, second] = await appendInOrder(appends)
  expect(first).toEqual({ revision: 0, position: 1n, before: true })
  expect(second).toBeInstanceOf(Conflict)
})

test('an append of unknown outcome is sent again, unless a later one was recorded', async () => {
  const resent = scripted([
    [success(10), timeout(), conflict()],
    [success(20), conflict()],
  ])
  await recorded(resent.there, appends[1]!)
  expect(await resent.appendInOrder(appends)).toMatchObject([
    { position: 10n },
    { position: 1n },
    { name: 'Conflict' },
  ])

  const hole = scripted([[success(10), timeout(), success(30)]])
  await expect(hole.appendInOrder(appends)).rejects.toThrow(Unavailable)
  expect(hole.calls).toHaveLength(1)
})

test('an append of unknown outcome succeeds if it is found in its stream', async () => {
  const { there, calls, appendInOrder } = scripted([[success(10), timeout(), success(30)]])
  await recorded(there, appends[1]!)
  expect(await appendInOrder(appends)).toMatchObject([
    { position: 10n },
    { position: 1n },
    { position: 30n },
  ])
  expect(calls).toHaveLength(1)
})

test('an append whose answer has two positions is looked up, and is new if it is behind the known position', async () => {
  const { there, appendInOrder } = scripted([[success(10), success(20, 15), success(30)]])
  for (let n = 0; n < 14; n += 1) await there.append('other-1', 'any', [event(n)])
  await recorded(there, appends[1]!)
  expect(await appendInOrder(appends)).toEqual([
    { revision: 0, position: 10n },
    { revision: 0, position: 15n },
    { revision: 0, position: 30n },
  ])
})

test('appends in order continue as long as there are outcomes within the timeout', async () => {
  const lost = new Unreachable('lost')
  const { calls, appendInOrder } = scripted(
    [[success(10), lost], [lost], [conflict(), lost], [conflict()]],
    { took: 700, timeoutMs: 2_200 },
  )
  expect(await appendInOrder(appends)).toMatchObject([
    { position: 10n },
    { name: 'Conflict' },
    { name: 'Conflict' },
  ])
  expect(calls).toHaveLength(4)
})
