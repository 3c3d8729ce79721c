import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Check } from 'typebox/value'
import type { Static, TSchema } from 'typebox'
import type { Context, Decider } from './decider.ts'
import type { Message, MessageOf, Metadata, RecordedEvent, Schemas } from './message.ts'

/** A frozen world: a rule that mutates what it was given fails its test. */
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null)
    Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

const conforms = (schemas: Schemas, { type, data }: Message) =>
  assert.ok(
    Check(schemas[type]!, data),
    `${type} does not match its schema: ${JSON.stringify(data)}`,
  )

/** Some metadata, for events in tests. */
export const someMetadata: Metadata = {
  correlationId: '00000000-0000-4000-8000-000000000001',
  causationId: '00000000-0000-4000-8000-000000000002',
  commandId: '00000000-0000-4000-8000-000000000003',
  actorId: 'tester',
  schemaVersion: 1,
}

let events = 0

/**
 * An event as the log would give it.
 * @param stream `<decider>-<id>`
 * @param message its type and data
 * @param place what else matters to the test: position, revision, at, metadata
 */
export const recorded = <M extends Message>(
  stream: string,
  message: M,
  place: Partial<Omit<RecordedEvent, 'type' | 'data' | 'stream' | 'id'>> = {},
): M & Omit<RecordedEvent, 'type' | 'data'> => ({
  eventId: `00000000-0000-4000-9000-${String(++events).padStart(12, '0')}`,
  stream,
  id: stream.slice(stream.indexOf('-') + 1),
  revision: 0,
  position: BigInt(events),
  at: '2030-01-01T00:00:00.000Z',
  metadata: someMetadata,
  ...place,
  ...message,
})

/** `given(order, ...past).when(command).yields(...events)`, every message checked against its schema on the way. */
export const given = <I extends TSchema, C extends Schemas, E extends Schemas, R extends string, S>(
  decider: Decider<I, C, E, R, S>,
  ...past: MessageOf<E>[]
) => ({
  when: (
    command: MessageOf<C>,
    context: Context = { now: '2030-01-01T00:00:00.000Z', by: 'tester' },
  ) => {
    conforms(decider.commands, command)
    past.forEach((event) => conforms(decider.events, event))
    const state = past.reduce(
      (state, event) => frozen(decider.evolve(state, frozen(event))),
      frozen(decider.initialState),
    )
    const decision = decider.decide(state, frozen(command), context)
    return {
      yields: (...events: MessageOf<E>[]) => {
        assert.deepEqual(decision, events)
        events.forEach((event) => conforms(decider.events, event))
      },
      refuses: (reason: R) => assert.deepEqual(decision, { refused: reason }),
    }
  },
})

/** A new id of a kind, for tests; elsewhere ids derive from the request that asked for the thing. */
export const newId = <I extends TSchema>(_: I): Static<I> => randomUUID() as Static<I>
