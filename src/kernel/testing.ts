import { randomUUID } from 'node:crypto'
import { Check } from 'typebox/value'
import type { Static, TSchema } from 'typebox'
import { expect } from 'vitest'
import type { Context, Decider, Declaration } from './decider.ts'
import type { Message, MessageOf, Metadata, RecordedEvent, Schemas } from './message.ts'
import type { AnyProjection, DocumentOf } from './projection.ts'
import type { Move, Refused, Saga, Step } from './saga.ts'
import { asId } from './schema.ts'

/** Freezes a value deeply, so that a rule that mutates its input fails its test. */
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null)
    Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

const conforms = (schemas: Schemas, { type, data }: Message) => {
  expect.assert(schemas[type], `${type} is not declared`)
  expect.assert(Check(schemas[type], data), `${type} does not match its schema: ${show(data)}`)
}

const show = (value: unknown) => JSON.stringify(value)

/** Returns the schemas of all messages of some declarations, by type. */
const schemasOf = (declarations: readonly Declaration[], of: 'events' | 'commands'): Schemas =>
  Object.assign({}, ...declarations.map((declaration) => declaration[of]))

/** Metadata of events in tests. */
export const someMetadata: Metadata = {
  correlationId: '00000000-0000-4000-8000-000000000001',
  causationId: '00000000-0000-4000-8000-000000000002',
  commandId: '00000000-0000-4000-8000-000000000003',
  actorId: 'tester',
  schemaVersion: 1,
}

let events = 0

/**
 * Returns an event as the log returns it.
 * @param stream `<decider>-<id>`
 * @param message type and data
 * @param place overrides: position, revision, at, metadata
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

/** `given(order, ...past).when(command).yields(...events)`; validates every message against its schema. */
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
        expect(decision).toStrictEqual(events)
        events.forEach((event) => conforms(decider.events, event))
      },
      refuses: (reason: R) => expect(decision).toStrictEqual({ refused: reason }),
    }
  },
})

/** Returns a random id of a kind, for tests; elsewhere ids are derived from the request. */
export const newId = <I extends TSchema>(kind: I): Static<I> => asId(kind, randomUUID())

/** Requires a document to match its schema, and to survive serialization as JSON. */
const conformsAs = (projection: AnyProjection, document: unknown): void => {
  expect.assert(
    Check(projection.document, document),
    `${projection.name} got a document that does not match its schema: ${show(document)}`,
  )
  expect(JSON.parse(show(document))).toStrictEqual(document)
}

/**
 * Returns all documents of a projection after these events, by key, those of its fan-out included. Events and documents are
 * validated against their schemas.
 */
export const foldingAll = <P extends AnyProjection>(
  projection: P,
  ...events: readonly RecordedEvent[]
): ReadonlyMap<string, DocumentOf<P>> => {
  const documents = new Map<string, unknown>()
  const schemas = schemasOf(projection.from, 'events')
  const put = (key: string, document: unknown): void => {
    if (document === undefined) documents.delete(key)
    else documents.set(key, document)
  }
  for (const event of events) {
    conforms(schemas, event)
    if (!projection.reads.includes(event.type)) continue
    for (const key of projection.keysOf(event)) {
      const before = frozen(documents.get(key)) as never
      const further = projection.fanOut?.(before, frozen(event), key) ?? []
      put(key, projection.evolve(before, frozen(event), key))
      for (const [one, document] of further) put(one, document)
    }
  }
  for (const document of documents.values()) conformsAs(projection, document)
  return documents as ReadonlyMap<string, DocumentOf<P>>
}

/**
 * `folding(orders, ...events).into(id)` returns the folded document, or `undefined`. Events and document are validated
 * against their schemas, and the document must survive serialization as JSON.
 */
export const folding = <P extends AnyProjection>(
  projection: P,
  ...events: readonly RecordedEvent[]
) => ({
  into: (key: string): DocumentOf<P> | undefined => {
    const schemas = schemasOf(projection.from, 'events')
    const document = events.reduce<unknown>((document, event) => {
      conforms(schemas, event)
      if (!projection.reads.includes(event.type)) return document
      if (!projection.keysOf(event).includes(key)) return document
      return frozen(projection.evolve(frozen(document) as never, frozen(event), key))
    }, undefined)
    if (document === undefined) return undefined
    conformsAs(projection, document)
    return document as DocumentOf<P>
  },
})

/** Refusal of a command that a saga sent, as an input of `reacting`. */
export type RefusedCommand = Refused & { readonly refused: string }

/**
 * Returns the refusal of one step.
 * @param step step that was sent
 * @param reason reason of the refusal
 */
export const refusalOf = ({ id, command }: Step, reason: string): RefusedCommand => ({
  refused: command.type,
  id,
  reason,
  data: command.data,
})

/**
 * `reacting(saga).given(...past).on(input)` returns the move of the last input. Events and commands are validated against
 * their schemas, and the state must survive serialization as JSON.
 */
export const reacting = <S>(saga: Saga<S>) => {
  const events = schemasOf(saga.from, 'events')
  const commands = schemasOf(saga.to, 'commands')

  const move = (state: S, input: RecordedEvent | RefusedCommand): Move<S> => {
    if (!('refused' in input)) conforms(events, input)
    const move =
      'refused' in input
        ? saga.compensate(state, input.refused, frozen(input))
        : saga.reads.includes(input.type)
          ? saga.react(state, frozen(input))
          : { state, steps: [], ended: false }
    move.steps.forEach(({ command }) => conforms(commands, command))
    expect(JSON.parse(show(move.state))).toStrictEqual(move.state)
    return frozen(move)
  }

  return {
    given: (...past: readonly (RecordedEvent | RefusedCommand)[]) => ({
      on: (input: RecordedEvent | RefusedCommand): Move<S> =>
        move(
          past.reduce((state, input) => move(state, input).state, frozen(saga.initialState)),
          input,
        ),
    }),
  }
}
