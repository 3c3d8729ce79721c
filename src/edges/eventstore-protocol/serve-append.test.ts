import { randomUUID } from 'node:crypto'
import { PassThrough } from 'node:stream'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { expect, test } from 'vitest'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { unauthenticated } from './call-refused.ts'
import { serveAppend, type AppendCall } from './serve-append.ts'

/** The parts of an append of one event. */
const parts = () => {
  const stream = new shared.StreamIdentifier()
  stream.setStreamName(Buffer.from('order-1'))
  const options = new streams.AppendReq.Options()
  options.setStreamIdentifier(stream).setAny(new shared.Empty())
  const id = new shared.UUID()
  id.setString(randomUUID())
  const message = new streams.AppendReq.ProposedMessage()
  message.setId(id).setData(Buffer.from('{}'))
  message.getMetadataMap().set('type', 'OrderPlaced').set('content-type', 'application/json')
  return [
    new streams.AppendReq().setOptions(options),
    new streams.AppendReq().setProposedMessage(message),
  ] as const
}

test.each([
  [59_999, undefined, 1n],
  [60_000, 16, 0n],
])(
  'an append that ends %i ms after its account was suspended is answered with %s',
  async (ms, code, head) => {
    const log = memoryEventLog()
    let [now, isSuspended] = [0, false]
    const serve = serveAppend({
      log,
      callerOf: async () => {
        if (isSuspended) throw unauthenticated('The account is suspended')
        return { seesAll: true, mayAppend: true }
      },
      maxAppendBytes: 1_000,
      closing: new AbortController().signal,
      onError: (error) => expect.fail(String(error)),
      now: () => now,
    })
    const requests = new PassThrough({ objectMode: true })
    const call = Object.assign(requests, { cancelled: false }) as unknown as AppendCall
    const answers: unknown[] = []
    const served = serve(call, (error) => void answers.push(error?.code))
    const [first, rest] = parts()
    requests.write(first)
    await expect.poll(() => requests.readableLength).toBe(0)
    isSuspended = true
    now = ms
    requests.end(rest)
    await served
    expect([answers, await log.head()]).toEqual([[code], head])
  },
)
