import { Type } from 'typebox'
import { Fields, sagaEventTypes, Timestamp, type DocumentOf, type RecordedEvent } from '#kernel'
import { boundedCache, type BoundedCache } from '../../platform/bounded-cache.ts'
import { readOne } from '../../runtime/reading.ts'
import { orders, payments, PaymentStatus, shipments } from '../../projections/index.ts'
import { ownsOrAdmin } from '../../serving/caller.ts'
import {
  AfterPosition,
  ask,
  type Audience,
  channel,
  type ChannelPorts,
  following,
  Position,
  refusal,
  subscription,
  tell,
  topic,
  unsubscription,
  userRoom,
} from '../../serving/channel.ts'
import { textIn } from '../../serving/event-fields.ts'
import { oncePerPorts } from '../../serving/ports.ts'
import { ShipmentStatus } from '../shipping/language.ts'
import { Money, OrderId, PaymentId, ShipmentId } from '../shared/index.ts'
import type { Missed, MissedRange } from '../../serving/questions.ts'
import { AnyOrderStatus, gigOrder, order } from './language.ts'
import { progressAfter } from './services/missed-progress.ts'

/** Number of orders whose parties are cached, so that no query is needed for parties who are not connected. */
const maxOwners = 20_000

const statusTypes = orders.reads.filter((type) => type in order.events || type in gigOrder.events)

/** Event types of the sagas of orders. */
const stepTypes = ['Order', 'GigOrder', 'Refund', 'Delivery'].flatMap((subject) =>
  Object.values(sagaEventTypes({ subject })),
)

const OrderRef = Fields({ orderId: OrderId })

const orderRoom = (orderId: string): string => `order:${orderId}`

/** Buyer of an order, and seller of a gig. */
type Parties = { readonly userId: string; readonly sellerId?: string | undefined }

/** Returns the rooms of the parties of an order. */
const partyRooms = ({ userId, sellerId }: Parties) => [
  userRoom(userId),
  ...(sellerId === undefined ? [] : [userRoom(sellerId)]),
]

/** Returns the rooms that messages about an order are pushed to: its subscribers and its parties. */
const roomsOf = (orderId: string, parties: Parties) => [orderRoom(orderId), ...partyRooms(parties)]

/** Cache of the parties of orders, by order id. */
const partiesBy = oncePerPorts<ChannelPorts, BoundedCache<string, Parties>>(() =>
  boundedCache(maxOwners),
)

/** Caches the parties that an event names. Payments of gigs do not name the seller. */
const learnParties = (orderId: string, event: RecordedEvent, ports: ChannelPorts): void => {
  const userId = textIn(event, 'userId')
  if (userId === '' || event.type === 'PaymentAuthorisationRequested') return
  partiesBy(ports).set(orderId, { userId, sellerId: textIn(event, 'sellerId') || undefined })
}

/** Returns whether a connected socket may need messages about an order; true if the parties are not cached. */
const mayConcern = (orderId: string, audience: Audience, ports: ChannelPorts): boolean => {
  if (audience.isEmpty()) return false
  if (audience.isIn(orderRoom(orderId))) return true
  const parties = partiesBy(ports).get(orderId)
  return parties === undefined || partyRooms(parties).some(audience.isIn)
}

const partiesOf = async (orderId: string, ports: ChannelPorts): Promise<Parties | undefined> => {
  const known = partiesBy(ports).get(orderId)
  if (known !== undefined) return known
  const { document } = await readOne(ports.readModels, orders, orderId)
  if (document) partiesBy(ports).set(orderId, partiesIn(document))
  return document
}

/** Returns the parties alone, so that the cache holds no documents. */
const partiesIn = ({ userId, sellerId }: Parties): Parties => ({ userId, sellerId })

/** The message about a move of a saga of an order. */
const stepOf = (
  orderId: OrderId,
  { type: step, at: time, position: at }: Pick<RecordedEvent, 'type' | 'at' | 'position'>,
) => ({
  name: 'order:saga-step' as const,
  payload: { orderId, step, at: time, position: String(at) },
  at,
})

/** The message about the status of an order. @param at position of the event that it follows */
const statusOf = (document: DocumentOf<typeof orders>, at: bigint) => {
  const { id: orderId, status, reason, refunded } = document
  const payload = {
    orderId,
    status,
    position: String(at),
    ...(reason && { reason }),
    ...(refunded && { refunded }),
  }
  return { name: 'order:status' as const, payload, at }
}

/** Returns the messages about an order between two positions, each status by itself. */
const missedOf = async (
  orderId: OrderId,
  { log }: ChannelPorts,
  range: MissedRange,
): Promise<Missed> => {
  const missed = await progressAfter(log, orderId, range)
  const messages = missed.flatMap(({ event, document }): Missed['messages'] => {
    if (stepTypes.includes(event.type)) return [stepOf(orderId, event)]
    return document && statusTypes.includes(event.type) ? [statusOf(document, event.position)] : []
  })
  const part = messages.slice(0, range.limit)
  const last = part.at(-1)
  const isPart = part.length < messages.length
  return { messages: part, position: isPart && last ? last.at : range.minPosition }
}

const progress = topic({
  projection: orders,
  server: {
    'order:status': tell(
      'The current status of an order; intermediate statuses may be skipped.',
      Fields({
        orderId: OrderId,
        status: AnyOrderStatus,
        reason: Type.Optional(Type.String()),
        refunded: Type.Optional(Money),
        position: Position,
      }),
      statusTypes,
    ),
    'order:saga-step': tell(
      'One move of a saga of the order: fulfilment, of products or of a gig, refunds and returns, or delivery.',
      Fields({ orderId: OrderId, step: Type.String(), at: Timestamp, position: Position }),
      stepTypes,
    ),
  },
  concerns: (event, { audience, ports }) => {
    if (event.type === 'OrderPlaced' || event.type === 'GigOrderPlaced')
      learnParties(event.id, event, ports)
    return mayConcern(event.id, audience, ports) ? event.id : undefined
  },
  tells: ({ changes }, { ports }) =>
    changes.flatMap(({ document, events }) => {
      const { id: orderId } = document
      partiesBy(ports).set(orderId, partiesIn(document))
      const to = roomsOf(orderId, document)
      const steps = events
        .filter(({ type }) => stepTypes.includes(type))
        .map((event) => stepOf(orderId, event))
      const last = events.findLast(({ type }) => statusTypes.includes(type))
      const status = last && {
        ...statusOf(document, last.position),
        unlessAnsweredIn: orderRoom(orderId),
      }
      return [...steps, ...(status ? [status] : [])]
        .toSorted((one, other) => (one.at < other.at ? -1 : 1))
        .map((one) => ({ ...one, to }))
    }),
})

const paymentProgress = topic({
  projection: payments,
  server: {
    'payment:status': tell(
      'The current status of the payment of an order.',
      Fields({
        orderId: OrderId,
        paymentId: PaymentId,
        status: PaymentStatus,
        position: Position,
      }),
      payments.reads,
    ),
  },
  concerns: (event, { audience, ports }) => {
    const orderId = textIn(event, 'orderId')
    if (orderId === '') return undefined
    learnParties(orderId, event, ports)
    return mayConcern(orderId, audience, ports) ? event.id : undefined
  },
  tells: ({ changes, position }) =>
    changes.map(({ document: { id: paymentId, orderId, userId, status } }) => ({
      name: 'payment:status' as const,
      payload: { orderId, paymentId, status, position },
      to: roomsOf(orderId, { userId }),
    })),
})

const shipmentProgress = topic({
  projection: shipments,
  server: {
    'shipment:status': tell(
      'The current status of the shipment of an order.',
      Fields({
        orderId: OrderId,
        shipmentId: ShipmentId,
        status: ShipmentStatus,
        tracking: Type.Optional(Type.String()),
        position: Position,
      }),
      shipments.reads,
    ),
  },
  concerns: (event, { audience, ports }) => {
    const orderId = textIn(event, 'orderId')
    if (orderId === '') return undefined
    learnParties(orderId, event, ports)
    return mayConcern(orderId, audience, ports) ? event.id : undefined
  },
  tells: ({ changes, position }) =>
    changes.map(({ document: { id: shipmentId, orderId, userId, status, tracking } }) => ({
      name: 'shipment:status' as const,
      payload: { orderId, shipmentId, status, ...(tracking && { tracking }), position },
      to: roomsOf(orderId, { userId }),
    })),
})

const noSuchOrder = refusal('no_such_order', 'There is no such order.')

/** `/orders`: changes of orders, their payments and their shipments. */
export const ordersChannel = channel({
  namespace: '/orders',
  about:
    'The status of orders, their payments and their shipments. Buyers, and the sellers of gigs, receive all their orders ' +
    'without subscribing; admins may subscribe to any.',
  topics: [progress, paymentProgress, shipmentProgress],
  client: {
    'order:subscribe': subscription(
      ask(
        'Subscribe to an order; the answer has its current status. With `afterPosition`, each later message about its ' +
          'status and steps follows, once and in order.',
        Fields({ orderId: OrderId, afterPosition: Type.Optional(AfterPosition) }),
        Fields({ status: AnyOrderStatus, ...following }),
      ),
      {
        topic: progress,
        room: ({ orderId }) => orderRoom(orderId),
        mayEnter: async ({ orderId }, { caller, ports }) => {
          const parties = await partiesOf(orderId, ports)
          if (parties === undefined) return noSuchOrder
          const isParty = ownsOrAdmin(caller, parties.userId) || caller.id === parties.sellerId
          return isParty ? undefined : refusal('forbidden', 'This order belongs to somebody else.')
        },
        read: ({ orderId }, { ports: { readModels }, minPosition }) =>
          readOne(readModels, orders, orderId, minPosition),
        answer: ({ document, position }) =>
          document
            ? { ok: true, status: document.status, position: String(position) }
            : noSuchOrder,
        missed: ({ orderId }, { ports, after, minPosition, limit }) =>
          missedOf(orderId, ports, { after, minPosition, limit }),
        // Parties receive the messages of all their orders.
        isAlsoElsewhere: true,
      },
    ),
    'order:unsubscribe': unsubscription(
      ask('End the subscription to an order.', OrderRef),
      ({ orderId }) => orderRoom(orderId),
    ),
  },
})
