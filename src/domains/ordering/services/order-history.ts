import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { firstUse, SagaMoved, streamOf, type Catalogue, type RecordedEvent } from '#kernel'
import { order } from '../language.ts'
import { UserId, type OrderId } from '../../shared/index.ts'
import type { EventLog } from '../../../platform/storage/event-log/port.ts'
import { notFound } from '../../../serving/problem.ts'

/** Sagas of orders; the key of their runs is the order's id. */
const sagas = [{ name: 'fulfilment' }, { name: 'refunding' }]

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
const placed = firstUse(() => Compile(Type.Object({ userId: UserId })))

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
 * Returns the user who placed an order, even if a later event of its stream cannot be folded by this version.
 * @throws Problem 404 when there is no such order
 */
export const ownerInLog = async (log: EventLog, id: OrderId): Promise<UserId> => {
  const [first] = await log.read(streamOf(order, id), { limit: 1 })
  if (first?.type !== 'OrderPlaced' || !placed().Check(first.data)) throw notFound('order')
  return first.data.userId
}

/** Reads an order's history from the log, which is always current. */
export const orderHistory = async (
  log: EventLog,
  catalogue: Catalogue,
  id: OrderId,
): Promise<OrderHistory> => {
  const [events, ...runs] = await Promise.all(
    [order, ...sagas].map((of) => readStream(log, streamOf(of, id))),
  )
  const moved = runs.flat().toSorted((a, b) => (a.position < b.position ? -1 : 1))
  return {
    events: (events ?? []).map(({ type, at, revision, position, data, metadata }) => ({
      type,
      at,
      revision,
      position: String(position),
      data: catalogue.masked(type, data, metadata.schemaVersion),
    })),
    saga: moved.flatMap(stepOf),
  }
}
