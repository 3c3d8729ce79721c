import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { firstUse, SagaMoved, streamOf, type Catalogue, type RecordedEvent } from '#kernel'
import { gigOrder, order } from '../language.ts'
import { UserId, type OrderId } from '../../shared/index.ts'
import type { EventLog } from '../../../platform/storage/event-log/port.ts'
import { notFound } from '../../../serving/problem.ts'

/** Streams of an order: its own, and those of its sagas, whose runs have its id as key. */
const streams = [order, { name: 'fulfilment' }, { name: 'refunding' }, { name: 'delivery' }]

/** Streams of an order of a gig beside `refunding`. */
const gigStreams = [gigOrder, { name: 'gigFulfilment' }]

/** Events of an order, and moves of its sagas. */
export const OrderHistory = Type.Object({
  events: Type.Array(
    Type.Object({
      type: Type.String(),
      at: Type.String({ format: 'date-time' }),
      revision: Type.Integer(),
      position: Type.String(),
      data: Type.Unknown({ description: 'Secret and personal fields are masked' }),
    }),
  ),
  saga: Type.Array(
    Type.Object({
      step: Type.String(),
      at: Type.String({ format: 'date-time' }),
      position: Type.String(),
      input: Type.Object({
        kind: Type.String({ description: 'event, refusal or timer' }),
        type: Type.String({ description: 'Type of the event, or of the command' }),
        reason: Type.Optional(Type.String()),
      }),
      commands: Type.Array(
        Type.Object({
          type: Type.String(),
          to: Type.String(),
          target: Type.String(),
          wait: Type.Integer({ description: 'ms' }),
        }),
      ),
      ended: Type.Boolean(),
    }),
  ),
})
type OrderHistory = Static<typeof OrderHistory>

const moves = firstUse(() => Compile(SagaMoved))
const placed = firstUse(() =>
  Compile(Type.Object({ userId: UserId, sellerId: Type.Optional(UserId) })),
)

/** Returns a saga's move without its secret state. */
const stepOf = ({ type: step, at, position, data }: RecordedEvent): OrderHistory['saga'] => {
  if (!moves().Check(data)) return []
  const { input, steps, ended } = data
  const { kind, type, reason } = input
  return [
    {
      step,
      at,
      position: String(position),
      input: { kind, type, ...(reason !== undefined && { reason }) },
      commands: steps.map(({ type, to, target, wait }) => ({ type, to, target, wait })),
      ended,
    },
  ]
}

/** Reads all events of a stream. */
const readStream = async (log: EventLog, stream: string): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  for (;;) {
    const page = await log.read(stream, { from: events.length, limit: 1_000 })
    events.push(...page)
    if (page.length < 1_000) return events
  }
}

/**
 * Returns the parties of an order, even if a later event of its stream cannot be folded by this version.
 * @throws Problem 404 when there is no such order
 */
export const partiesInLog = async (
  log: EventLog,
  id: OrderId,
): Promise<{ readonly userId: UserId; readonly sellerId?: UserId }> => {
  for (const one of [order, gigOrder]) {
    const [first] = await log.read(streamOf(one, id), { limit: 1 })
    if (first && placed().Check(first.data)) return first.data
  }
  throw notFound('order')
}

/** Reads an order's history from the log, which is always current. */
export const orderHistory = async (
  log: EventLog,
  catalogue: Catalogue,
  id: OrderId,
): Promise<OrderHistory> => {
  const read = (of: readonly { readonly name: string }[]) =>
    Promise.all(of.map((one) => readStream(log, streamOf(one, id))))
  const [ofProducts = [], ...some] = await read(streams)
  const [ofGig = [], ...more] = ofProducts.length > 0 ? [] : await read(gigStreams)
  const events = ofProducts.length > 0 ? ofProducts : ofGig
  const runs = [...some, ...more]
  const moved = runs.flat().toSorted((a, b) => (a.position < b.position ? -1 : 1))
  return {
    events: events.map(({ type, at, revision, position, data, metadata }) => ({
      type,
      at,
      revision,
      position: String(position),
      data: catalogue.masked(type, data, metadata.schemaVersion),
    })),
    saga: moved.flatMap(stepOf),
  }
}
