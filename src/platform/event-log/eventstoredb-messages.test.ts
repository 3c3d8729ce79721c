import { expect, test } from 'vitest'
import { pageRequest, subscribeRequest } from './eventstoredb-messages.ts'

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
