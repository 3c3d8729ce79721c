import { inventory, products } from '../projections/index.ts'
import { admit, tooMany, type Admitting } from './admission.ts'
import { answering } from './answering.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import type { InventoryClient, InventoryServer } from './events.ts'
import { followTopic, type Live } from './live.ts'
import { refusal } from './message.ts'
import { messages } from './messages.ts'
import { readOne } from '../platform/runtime/reading.ts'

const { client, server } = messages['/inventory']

const productRoom = (productId: string): string => `product:${productId}`

/** What a product has before its pieces were first counted. */
const nothing = { quantity: 0, reserved: 0, available: 0 }

/**
 * `/inventory`: how many pieces of products there are, live; for everybody who is signed in.
 * @returns what is being followed
 */
export const inventorySockets = (
  namespace: Admitting<InventoryClient, InventoryServer>,
  deps: RealtimeDependencies,
  signal: AbortSignal,
): readonly Live[] => {
  const { readModels, logger } = deps

  const stocks = followTopic(
    {
      projection: inventory,
      types: server['stock:changed'].after,
      keyOf: ({ id }) => (namespace.adapter.rooms.has(productRoom(id)) ? id : undefined),
      push: ({ changes, position, leaveOut }) => {
        for (const { document } of changes) {
          const { productId, quantity, reserved, available } = document
          const room = productRoom(productId)
          namespace.local
            .to(room)
            .except(leaveOut(room))
            .emit('stock:changed', { productId, quantity, reserved, available, position })
        }
      },
    },
    deps,
    signal,
  )

  /** A product that is on sale may not have been counted yet. */
  const isOnSale = async (productId: string): Promise<boolean> =>
    (await readOne(readModels, products, productId)).document !== undefined

  admit(namespace, deps)
  namespace.on('connection', (socket) => {
    socket.on(
      'product:subscribe',
      answering(
        client['product:subscribe'],
        async ({ productId }, reply) => {
          const room = productRoom(productId)
          const isNew = !socket.rooms.has(room)
          const refused = isNew ? tooMany(socket) : undefined
          if (refused) return reply(refused)
          await socket.join(room)
          try {
            if (
              !(await readModels.get(inventory, productId)).document &&
              !(await isOnSale(productId))
            ) {
              await socket.leave(room)
              return reply(refusal('no_such_product', 'There is no such product.'))
            }
            await stocks.ask(
              room,
              socket.id,
              (minPosition) => readModels.get(inventory, productId, minPosition),
              ({ document, position }) => {
                const { quantity, reserved, available } = document ?? nothing
                reply({ ok: true, available, quantity, reserved, position: String(position) })
              },
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
      'product:unsubscribe',
      answering(
        client['product:unsubscribe'],
        async ({ productId }, reply) => {
          await socket.leave(productRoom(productId))
          reply({ ok: true })
        },
        logger,
      ),
    )
  })

  return [stocks]
}
