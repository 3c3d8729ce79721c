import { LRUCache } from 'lru-cache'
import { Type } from 'typebox'
import { Fields, sagaEventTypes, Timestamp, type RecordedEvent } from '#kernel'
import { readOne } from '../../runtime/reading.ts'
import { orders, payments, PaymentStatus } from '../../projections/index.ts'
import { ownsOrAdmin } from '../../serving/caller.ts'
import {
  ask,
  type Audience,
  channel,
  type ChannelPorts,
  Position,
  refusal,
  subscription,
  tell,
  topic,
  unsubscription,
  userRoom,
} from '../../serving/channel.ts'
import { oncePerPorts } from '../../serving/ports.ts'
import { Money, OrderId, PaymentId } from '../shared/index.ts'
import { order, OrderStatus } from './language.ts'

/** The number of orders whose owner is cached, so that nothing is read for owners that are not connected. */
const maxOwners = 20_000

const statusTypes = orders.reads.filter((type) => type in order.events)

/** The events of the sagas that carry orders through, and back. */
const stepTypes = ['Order', 'Refund'].flatMap((subject) =>
  Object.values(sagaEventTypes({ subject })),
)

const OrderRef = Fields({ orderId: OrderId })

const orderRoom = (orderId: string): string => `order:${orderId}`

/** The sockets that hear of an order: those that subscribed to it, and its owner's. */
const hearersOf = (orderId: string, userId: string) => [orderRoom(orderId), userRoom(userId)]

/** The owners of orders, by the orders' ids. */
const ownersBy = oncePerPorts<ChannelPorts, LRUCache<string, string>>(
  () => new LRUCache({ max: maxOwners }),
)

/** A text among an event's data. */
const textIn = ({ data }: RecordedEvent, field: string): string | undefined => {
  if (typeof data !== 'object' || data === null) return undefined
  const value: unknown = Object.entries(data).find(([name]) => name === field)?.[1]
  return typeof value === 'string' ? value : undefined
}

const learnOwner = (orderId: string, event: RecordedEvent, ports: ChannelPorts): void => {
  const owner = textIn(event, 'userId')
  if (owner !== undefined) ownersBy(ports).set(orderId, owner)
}

/** Whether a connected socket may have to hear of an order: one whose owner is not cached may be anybody's. */
const isHeard = (orderId: string, audience: Audience, ports: ChannelPorts): boolean => {
  if (audience.isEmpty()) return false
  if (audience.isIn(orderRoom(orderId))) return true
  const owner = ownersBy(ports).get(orderId)
  return owner === undefined || audience.isIn(userRoom(owner))
}

const ownerOf = async (orderId: string, ports: ChannelPorts): Promise<string | undefined> => {
  const owners = ownersBy(ports)
  const known = owners.get(orderId)
  if (known !== undefined) return known
  const { document } = await readOne(ports.readModels, orders, orderId)
  if (document) owners.set(orderId, document.userId)
  return document?.userId
}

const progress = topic({
  projection: orders,
  server: {
    'order:status': tell(
      'Where an order stands now; some of the steps on the way may be passed over.',
      Fields({
        orderId: OrderId,
        status: OrderStatus,
        reason: Type.Optional(Type.String()),
        refunded: Type.Optional(Money),
        position: Position,
      }),
      statusTypes,
    ),
    'order:saga-step': tell(
      'One move of a saga that carries the order through, or money and goods back.',
      Fields({ orderId: OrderId, step: Type.String(), at: Timestamp, position: Position }),
      stepTypes,
    ),
  },
  concerns: (event, { audience, ports }) => {
    if (event.type === 'OrderPlaced') learnOwner(event.id, event, ports)
    return isHeard(event.id, audience, ports) ? event.id : undefined
  },
  tells: ({ changes, position }, { ports }) =>
    changes.flatMap(({ document: { id: orderId, userId, status, reason, refunded }, events }) => {
      ownersBy(ports).set(orderId, userId)
      const to = hearersOf(orderId, userId)
      const steps = events
        .filter(({ type }) => stepTypes.includes(type))
        .map(({ type: step, at, position: where }) => ({
          name: 'order:saga-step' as const,
          payload: { orderId, step, at, position: String(where) },
          to,
        }))
      if (!events.some(({ type }) => statusTypes.includes(type))) return steps
      const payload = {
        orderId,
        status,
        position,
        ...(reason && { reason }),
        ...(refunded && { refunded }),
      }
      return [
        ...steps,
        { name: 'order:status' as const, payload, to, unlessAnsweredIn: orderRoom(orderId) },
      ]
    }),
})

const paymentProgress = topic({
  projection: payments,
  server: {
    'payment:status': tell(
      'Where the payment of an order stands now.',
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
    if (orderId === undefined) return undefined
    learnOwner(orderId, event, ports)
    return isHeard(orderId, audience, ports) ? event.id : undefined
  },
  tells: ({ changes, position }) =>
    changes.map(({ document: { id: paymentId, orderId, userId, status } }) => ({
      name: 'payment:status' as const,
      payload: { orderId, paymentId, status, position },
      to: hearersOf(orderId, userId),
    })),
})

const noSuchOrder = refusal('no_such_order', 'There is no such order.')

/** `/orders`: how orders and their payments are doing, live. */
export const ordersChannel = channel({
  namespace: '/orders',
  about:
    'How orders and their payments are doing. Owners hear of all their orders without asking; admins may ' +
    'subscribe to any.',
  topics: [progress, paymentProgress],
  client: {
    'order:subscribe': subscription(
      ask(
        'Hear of an order from now on, and where it stands now.',
        OrderRef,
        Fields({ status: OrderStatus, position: Position }),
      ),
      {
        topic: progress,
        room: ({ orderId }) => orderRoom(orderId),
        mayEnter: async ({ orderId }, { caller, ports }) => {
          const owner = await ownerOf(orderId, ports)
          if (owner === undefined) return noSuchOrder
          return ownsOrAdmin(caller, owner)
            ? undefined
            : refusal('forbidden', 'This order belongs to somebody else.')
        },
        read: ({ orderId }, { ports: { readModels }, minPosition }) =>
          readOne(readModels, orders, orderId, minPosition),
        answer: ({ document, position }) =>
          document
            ? { ok: true, status: document.status, position: String(position) }
            : noSuchOrder,
      },
    ),
    'order:unsubscribe': unsubscription(
      ask('Hear no more of an order that was subscribed to.', OrderRef),
      ({ orderId }) => orderRoom(orderId),
    ),
  },
})
