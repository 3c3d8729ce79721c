import messages from '@eventstore/db-client/generated/streams_pb.js'
import { expect, test } from 'vitest'
import { eventMessage } from '../../../edges/eventstore-protocol/event-message.ts'
import { eventOf, pageRequest, subscribeRequest } from './eventstoredb-messages.ts'

const filterOf = (filter: Parameters<typeof subscribeRequest>[1]) => {
  const requested = subscribeRequest(undefined, filter).getOptions()?.getFilter()
  return requested?.getEventType()?.getRegex() ?? requested?.getStreamIdentifier()?.getRegex()
}

test.each([
  [{}, String.raw`^[^\$].*`],
  [{ types: ['OrderPlaced', 'a.b'] }, String.raw`^(?:OrderPlaced|a\.b)$`],
  [{ categories: ['order', '(x|y)'] }, String.raw`^(?:order|\(x\|y\))-`],
  [{ categories: ['order'], types: ['OrderPlaced'] }, '^(?:OrderPlaced)$'],
])('the filter %j becomes a filter of the server, which excludes its own events', (filter, regex) =>
  expect(filterOf(filter)).toBe(regex),
)

test('a position is sent as both positions of EventStoreDB', () => {
  const at = pageRequest(7n, 1, {}, 'forwards').getOptions()?.getAll()?.getPosition()
  expect([at?.getCommitPosition(), at?.getPreparePosition()]).toEqual(['7', '7'])
})

test('an event of another program without data can be parsed and served again', () => {
  const recorded = new messages.ReadResp.ReadEvent.RecordedEvent().setStreamRevision('0')
  recorded.getMetadataMap().set('type', 'Pinged').set('content-type', 'application/json')
  const answer = new messages.ReadResp().setEvent(
    new messages.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition('7'),
  )
  const event = eventOf(answer)
  expect(event).toMatchObject({ type: 'Pinged', data: null, position: 7n })
  const served = messages.ReadResp.deserializeBinary(eventMessage(event!, 'text'))
  expect(eventOf(served)).toEqual(event)
})
