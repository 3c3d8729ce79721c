import { randomUUID } from 'node:crypto'
import wellKnown from 'google-protobuf/google/protobuf/empty_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import { expect, test } from 'vitest'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { rawStreams, served } from './testing/served.ts'

const { Options, ProposedMessage } = streams.BatchAppendReq

const proposed = (text: string) => {
  const message = new ProposedMessage().setId(new shared.UUID().setString(randomUUID()))
  message.getMetadataMap().set('type', 'OrderPlaced').set('content-type', 'application/json')
  return message.setData(Buffer.from(JSON.stringify({ text })))
}

/** An append as one message, or the first of several parts. */
const appendOf = (
  id: string,
  stream: string,
  expected: number | 'none',
  texts: readonly string[],
  isFinal = true,
): BatchAppendReq => {
  const options = new Options().setStreamIdentifier(
    new shared.StreamIdentifier().setStreamName(Buffer.from(stream)),
  )
  if (expected === 'none') options.setNoStream(new wellKnown.Empty())
  else options.setStreamPosition(String(expected))
  return new streams.BatchAppendReq()
    .setCorrelationId(new shared.UUID().setString(id))
    .setOptions(options)
    .setProposedMessagesList(texts.map(proposed))
    .setIsFinal(isFinal)
}

/** Sends all requests; resolves with the answers until the call ended, and its error. */
const answersTo = (port: number, requests: readonly BatchAppendReq[]) => {
  const call = rawStreams(port).batchAppend()
  const answers: BatchAppendResp[] = []
  const ended = Promise.withResolvers<unknown>()
  call.on('data', (answer: BatchAppendResp) => answers.push(answer))
  call.on('end', () => ended.resolve(undefined))
  call.on('error', ended.resolve)
  for (const request of requests) call.write(request)
  call.end()
  return ended.promise.then((error) => ({ answers, error }))
}

const nameOf = (answer: BatchAppendResp) =>
  answer.getError()?.getDetails()?.getTypeName().replace('event_store.client.', '') ?? 'recorded'

test('appends of one call are recorded in the order of their last parts, each with its own outcome', async () => {
  const { endpoint, log } = await served()
  const ids = Array.from({ length: 6 }, () => randomUUID())
  const rest = new streams.BatchAppendReq()
    .setCorrelationId(new shared.UUID().setString(ids[0]!))
    .setProposedMessagesList([proposed('1b')])
    .setIsFinal(true)
  const { answers, error } = await answersTo(endpoint.port, [
    appendOf(ids[0]!, 'order-1', 'none', ['1a'], false),
    appendOf(ids[1]!, 'order-2', 'none', ['2']),
    rest,
    appendOf(ids[2]!, 'order-1', 7, ['no']),
    appendOf(ids[3]!, 'nothing', 'none', ['no']),
    appendOf(ids[4]!, 'order-3', 'none', ['x'.repeat(1024 * 1024)]),
    appendOf(ids[5]!, 'order-1', 1, ['3']),
  ])
  expect(error).toBeUndefined()
  expect(answers.map((answer) => answer.getCorrelationId()?.getString())).toEqual(
    [1, 0, 2, 3, 4, 5].map((nth) => ids[nth]),
  )
  expect(answers.map(nameOf)).toEqual([
    'recorded',
    'recorded',
    'WrongExpectedVersion',
    'BadRequest',
    'MaximumAppendSizeExceeded',
    'recorded',
  ])
  const { events } = await log.readAll()
  expect(events.map(({ data }) => data)).toEqual(['2', '1a', '1b', '3'].map((text) => ({ text })))
})

test('an append without its last part is not recorded', async () => {
  const { endpoint, log } = await served()
  const { answers } = await answersTo(endpoint.port, [
    appendOf(randomUUID(), 'order-1', 'none', ['half'], false),
  ])
  expect(answers).toEqual([])
  expect(await log.head()).toBe(0n)
})

test('the call fails when the outcome of its appends is unknown', async () => {
  const log = {
    ...memoryEventLog(),
    appendInOrder: () => Promise.reject(new Unavailable('The log is away')),
  }
  const { endpoint } = await served({ log })
  const { answers, error } = await answersTo(endpoint.port, [
    appendOf(randomUUID(), 'order-1', 'none', ['1']),
  ])
  expect(answers).toEqual([])
  expect(error).toMatchObject({ code: 14, details: 'The log is away' })
})

test('appends to a read-only endpoint are AccessDenied', async () => {
  const { endpoint, log } = await served({ writable: false })
  const { answers } = await answersTo(endpoint.port, [
    appendOf(randomUUID(), 'order-1', 'none', ['1']),
  ])
  expect(answers.map(nameOf)).toEqual(['AccessDenied'])
  expect(await log.head()).toBe(0n)
})
