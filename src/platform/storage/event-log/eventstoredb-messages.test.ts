import messages from '@eventstore/db-client/generated/streams_pb.js'
import { expect, test } from 'vitest'
import { eventMessage } from '../../../edges/eventstore-protocol/event-message.ts'
import { eventOf, pageRequest, subscribeRequest } from './eventstoredb-messages.ts'

const filterOf = (filter: Parameters<typeof subscribeRequest>[1]) => {
  const asked = subscribeRequest(undefined, filter).getOptions()?.getFilter()
  return asked?.getEventType()?.getRegex() ?? asked?.getStreamIdentifier()?.getRegex()
}

test.each([
  [{}, String.raw`^[^\$].*`],
  [{ types: ['OrderPlaced', 'a.b'] }, String.raw`^(?:OrderPlaced|a\.b)$`],
  [{ categories: ['order', '(x|y)'] }, String.raw`^(?:order|\(x\|y\))-`],
  [{ categories: ['order'], types: ['OrderPlaced'] }, '^(?:OrderPlaced)$'],
])(
  'the server is asked for what %j lets through, and never for events of its own',
  (filter, regex) => expect(filterOf(filter)).toBe(regex),
)

test('a position is given as both positions that EventStoreDB keeps', () => {
  const at = pageRequest(7n, 1, {}, 'forwards').getOptions()?.getAll()?.getPosition()
  expect([at?.getCommitPosition(), at?.getPreparePosition()]).toEqual(['7', '7'])
})

test("another program's event without data is one that can be told on", () => {
  const told = new messages.ReadResp.ReadEvent.RecordedEvent().setStreamRevision('0')
  told.getMetadataMap().set('type', 'Pinged').set('content-type', 'application/json')
  const answer = new messages.ReadResp().setEvent(
    new messages.ReadResp.ReadEvent().setEvent(told).setCommitPosition('7'),
  )
  const event = eventOf(answer)
  expect(event).toMatchObject({ type: 'Pinged', data: null, position: 7n })
  const again = messages.ReadResp.deserializeBinary(eventMessage(event!, 'text'))
  expect(eventOf(again)).toEqual(event)
})
