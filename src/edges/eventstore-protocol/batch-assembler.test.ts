import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { expect, test } from 'vitest'
import { batchAssembler } from './batch-assembler.ts'

const deadlineOf = (seconds: number | undefined): number | undefined => {
  const options = new streams.BatchAppendReq.Options()
  if (seconds !== undefined) options.setDeadline(new timestamp.Timestamp().setSeconds(seconds))
  const take = batchAssembler(1_000, true)
  return take(
    new streams.BatchAppendReq()
      .setCorrelationId(new shared.UUID().setString('1'))
      .setOptions(options)
      .setIsFinal(true),
  )?.deadline
}

test.each([
  [undefined, Infinity],
  [1_900_000_000, 1_900_000_000_000],
  [-1, -1_000],
  [2 ** 63, Infinity],
])('the deadline of an append at %s s is %s ms', (seconds, expected) => {
  expect(deadlineOf(seconds)).toBe(expected)
})
