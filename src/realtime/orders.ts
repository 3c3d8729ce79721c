import { LRUCache } from 'lru-cache'
import type { RecordedEvent } from '#kernel'
import { orders, payments } from '../projections/index.ts'
import { admit, tooMany, userRoom, type Admitting } from './admission.ts'
import { answering } from './answering.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import type { OrdersClient, OrdersServer } from './events.ts'
import { followTopic, type Live } from './live.ts'
import { refusal } from './message.ts'
import { messages } from './messages.ts'
import { readOne } from '../platform/runtime/reading.ts'

/** So many orders are remembered with whose they are, so as not to read what nobody connected is to hear of. */
const remembered = 20_000

const { client, server } = messages['/orders']

const statusTypes = server['order:status'].after

/** What the sagas that carry orders through, and back, record. */
const stepTypes = server['order:saga-step'].after

const orderRoom = (orderId: string): string => `order:${orderId}`

/** A text among an event's data. */
const textIn = ({ data }: RecordedEvent, field: string): string | undefined => {
  if (typeof data !== 'object' || data === null) return undefined
  const value: unknown = Object.entries(data).find(([name]) => name === field)?.[1]
  return typeof value === 'string' ? value : undefined
}

/**
 * `/orders`: how orders and their payments are doing, live. Owners hear of all their orders without asking; admins
 * may subscribe to any.
 * @returns what is being followed
 */
export const orderSockets = (
  namespace: Admitting<OrdersClient, OrdersServer>,
  deps: RealtimeDependencies,
  signal: AbortSignal,
): readonly Live[] => {
  const { readModels, logger } = deps
  const owners = new LRUCache<string, string>({ max: remembered })
  const { rooms } = namespace.adapter

  /** Whether somebody connected is to hear of an order; perhaps, when it is not known whose it is. */
  const isHeard = (orderId: string): boolean => {
    if (namespace.sockets.size === 0) return false
    if (rooms.has(orderRoom(orderId))) return true
    const owner = owners.get(orderId)
    return owner === undefined || rooms.has(userRoom(owner))
  }
  const learnOwner = (orderId: string, event: RecordedEvent): void => {
    const owner = textIn(event, 'userId')
    if (owner !== undefined) owners.set(orderId, owner)
  }
  /** Everyone who is to hear of an order, each once. */
  const hearers = (orderId: string, userId: string) =>
    namespace.local.to([orderRoom(orderId), userRoom(userId)])

  const statuses = followTopic(
    {
      projection: orders,
      types: [...statusTypes, ...stepTypes],
      keyOf: (event) => {
        if (event.type === 'OrderPlaced') learnOwner(event.id, event)
        return isHeard(event.id) ? event.id : undefined
      },
      push: ({ changes, position, leaveOut }) => {
        for (const { document, events } of changes) {
          const { id: orderId, userId, status, reason, refunded } = document
          owners.set(orderId, userId)
          for (const { type: step, at, position: where } of events)
            if (stepTypes.includes(step))
              hearers(orderId, userId).emit('order:saga-step', {
                orderId,
                step,
                at,
                position: String(where),
              })
          if (events.some(({ type }) => statusTypes.includes(type)))
            hearers(orderId, userId)
              .except(leaveOut(orderRoom(orderId)))
              .emit('order:status', {
                orderId,
                status,
                position,
                ...(reason && { reason }),
                ...(refunded && { refunded }),
              })
        }
      },
    },
    deps,
    signal,
  )

  const paymentStatuses = followTopic(
    {
      projection: payments,
      types: server['payment:status'].after,
      keyOf: (event) => {
        const orderId = textIn(event, 'orderId')
        if (orderId === undefined) return undefined
        learnOwner(orderId, event)
        return isHeard(orderId) ? event.id : undefined
      },
      push: ({ changes, position }) => {
        for (const { document } of changes) {
          const { id: paymentId, orderId, userId, status } = document
          hearers(orderId, userId).emit('payment:status', { orderId, paymentId, status, position })
        }
      },
    },
    deps,
    signal,
  )

  const ownerOf = async (orderId: string): Promise<string | undefined> => {
    const known = owners.get(orderId)
    if (known !== undefined) return known
    const { document } = await readOne(readModels, orders, orderId)
    if (document) owners.set(orderId, document.userId)
    return document?.userId
  }

  admit(namespace, deps)
  namespace.on('connection', (socket) => {
    const { id: callerId, roles } = socket.data.caller
    const noSuchOrder = refusal('no_such_order', 'There is no such order.')

    socket.on(
      'order:subscribe',
      answering(
        client['order:subscribe'],
        async ({ orderId }, reply) => {
          const owner = await ownerOf(orderId)
          if (owner === undefined) return reply(noSuchOrder)
          if (owner !== callerId && !roles.includes('admin'))
            return reply(refusal('forbidden', 'This order belongs to somebody else.'))
          const room = orderRoom(orderId)
          const isNew = !socket.rooms.has(room)
          const refused = isNew ? tooMany(socket) : undefined
          if (refused) return reply(refused)
          await socket.join(room)
          try {
            await statuses.ask(
              room,
              socket.id,
              (minPosition) => readOne(readModels, orders, orderId, minPosition),
              ({ document, position }) =>
                reply(
                  document
                    ? { ok: true, status: document.status, position: String(position) }
                    : noSuchOrder,
                ),
            )
          } catch (error) {
            if (isNew) await socket.leave(room)
            throw error
          }
        },
        logger,
      ),
    )

    socket.on(
      'order:unsubscribe',
      answering(
        client['order:unsubscribe'],
        async ({ orderId }, reply) => {
          await socket.leave(orderRoom(orderId))
          reply({ ok: true })
        },
        logger,
      ),
    )
  })

  return [statuses, paymentStatuses]
}
