import { persistentSubscriptionToStreamSettingsFromDefaults as ofStream } from '@eventstore/db-client'
import persistent from '@eventstore/db-client/generated/persistent_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import { expect, test } from 'vitest'
import { definitionOf } from './requests.ts'

const { CreateReq } = persistent

/** Options of a group with the default settings of the official client, and other sizes. */
const optionsWith = (sizes: { readBatchSize?: number; historyBufferSize?: number } = {}) => {
  const { liveBufferSize, readBatchSize, historyBufferSize } = ofStream(sizes)
  const settings = new CreateReq.Settings()
    .setLiveBufferSize(liveBufferSize)
    .setReadBatchSize(readBatchSize)
    .setHistoryBufferSize(historyBufferSize)
    .setConsumerStrategy('RoundRobin')
  const stream = new CreateReq.StreamOptions().setStart(new shared.Empty())
  return new CreateReq.Options().setStream(stream).setSettings(settings)
}

test('a batch is smaller than the buffer of history, as by default', () => {
  const { settings } = definitionOf(optionsWith())
  expect(settings).toMatchObject({ readBatchSize: 20, historyBufferSize: 500 })
  definitionOf(optionsWith({ readBatchSize: 9, historyBufferSize: 10 }))
  expect(() => definitionOf(optionsWith({ readBatchSize: 10, historyBufferSize: 10 }))).toThrow(
    /settings\.readBatchSize: must be less/,
  )
})
