import { usualSettings } from '../../../src/platform/messaging/consumer-groups/testing/usual-settings.ts'
import { encodedMessage } from './encoded-message.ts'
import { framed } from './http2-call.ts'
import { rpcNamed } from './rpcs.ts'

/** Encodes messages of an RPC, each in its frame. */
export const frames = (rpc: string, ...messages: readonly object[]): readonly Buffer[] =>
  messages.map((message) => framed(encodedMessage(rpcNamed(rpc).shape, message)))

const id = (uuid: string) => ({ string: uuid })

/** An event of an append. */
export const proposed = (uuid: string, type: string, data = '{}') => ({
  id: id(uuid),
  map: { type, 'content-type': 'application/json' },
  data,
  customMetadata: '',
})

/** A read of the whole log. */
export const readAll = (
  options: { readonly backwards?: boolean; readonly count?: number; readonly filter?: object } = {},
): object => ({
  options: {
    all: options.backwards ? { end: {} } : { start: {} },
    readDirection: options.backwards ? 1 : 0,
    ...(options.count === undefined ? { subscription: {} } : { count: options.count }),
    ...(options.filter ? { filter: options.filter } : { noFilter: {} }),
    uuidOption: { string: {} },
  },
})

/** A read of a stream. */
export const readStream = (streamName: string): object => ({
  options: {
    stream: { streamIdentifier: { streamName }, start: {} },
    count: 10,
    noFilter: {},
    uuidOption: { string: {} },
  },
})

/** The first message of an append. */
export const appendTo = (streamName: string): object => ({
  options: { streamIdentifier: { streamName }, any: {} },
})

/** An append of one event in a batch. */
export const batched = (uuid: string, streamName: string, type: string): object => ({
  correlationId: id(uuid),
  options: { streamIdentifier: { streamName }, any: {} },
  proposedMessagesList: [proposed(uuid, type)],
  isFinal: true,
})

const { strategy: consumerStrategy, ...usual } = usualSettings

/** Settings of a group as clients send them. */
const groupSettings = { ...usual, consumerStrategy }

/** Options that create or update a group of the whole log. */
export const groupOfAll = (groupName: string): object => ({
  options: { all: { start: {}, noFilter: {} }, groupName, settings: groupSettings },
})

/** Options that name a group of the whole log. */
export const groupNamed = (groupName: string): object => ({
  options: { all: {}, groupName, noLimit: {}, bufferSize: 10, uuidOption: { string: {} } },
})

/** The first message of a consumer. */
export const consumerOf = (groupName: string, bufferSize = 100): object => ({
  options: { all: {}, groupName, bufferSize, uuidOption: { string: {} } },
})
