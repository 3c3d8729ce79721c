import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { fromWire, toWire } from './wire.ts'

const at = '2030-01-01T12:00:00.000Z'

test('metadata survives the wire, with the names that EventStoreDB uses for correlation', () => {
  const wire = toWire(someMetadata, at)
  expect(wire).toMatchObject({
    $correlationId: someMetadata.correlationId,
    $causationId: someMetadata.causationId,
    occurredAt: at,
  })
  expect(fromWire('some-id', wire)).toEqual({
    metadata: someMetadata,
    at,
    complete: true,
  })
})

test.each(['2030-02-30T12:00:00.000Z', '2030-99-01T12:00:00.000Z', '0000-01-01T00:00:00.000Z'])(
  'an invalid time of recording, %s, is ignored',
  (occurredAt) => expect(fromWire('some-id', { occurredAt }).at).toBeUndefined(),
)

test.each([
  undefined,
  null,
  'text',
  {},
  { schemaVersion: 'one', occurredAt: 'noon' },
  { schemaVersion: 0 },
  { schemaVersion: -1 },
  { schemaVersion: 1.5 },
  { schemaVersion: 1e300 },
])('an event of another program, with the metadata %j, is its own cause', (wire) =>
  expect(fromWire('some-id', wire)).toEqual({
    metadata: {
      correlationId: 'some-id',
      causationId: 'some-id',
      commandId: 'some-id',
      actorId: 'unknown',
      schemaVersion: 1,
    },
    at: undefined,
    complete: false,
  }),
)
