import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { decider, Fields, publishing } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { cloudEventsOf } from './cloud-event.ts'

const letter = decider({
  name: 'letter',
  id: Type.String(),
  commands: {},
  events: { LetterSent: Fields({ stamp: Type.Integer() }) },
  refusals: {},
}).rules<null>({ initialState: null, decide: {}, evolve: { LetterSent: () => null } })

const published = publishing(letter)('LetterSent', {
  version: 1,
  names: [],
  data: Fields({ stamp: Type.Integer() }),
  of: (data) => data,
})

test.each(['plain-1', 'a"quote', 'back\\slash', 'line\nfeed', 'ü', '\ud800'])(
  'ids of other programs are read as they were recorded: %j',
  (text) => {
    const message = cloudEventsOf(
      { ...published, context: 'post' },
      new Set(),
    )({
      eventId: `id-${text}`,
      type: 'LetterSent',
      data: { stamp: 1 },
      stream: `letter-${text}`,
      id: text,
      revision: 0,
      position: 7n,
      at: '2030-01-01T00:00:00.000Z',
      metadata: { ...someMetadata, correlationId: `request-${text}`, causationId: text },
    })
    expect(JSON.parse(String(message?.body))).toMatchObject({
      id: `id-${text}`,
      subject: `letter-${text}`,
      partitionkey: `letter-${text}`,
      correlationid: `request-${text}`,
      causationid: text,
      data: { stamp: 1 },
    })
  },
)
