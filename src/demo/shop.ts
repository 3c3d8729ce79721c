import { randomUUID } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import { Type } from 'typebox'
import { client, type Client } from '../edges/cli/client.ts'
import { Failed } from '../edges/cli/failure.ts'

/** A message that a client received over a socket. */
export type ReceivedMessage = {
  /** Time of arrival in ms since 1970, by the clock of this process. */
  readonly at: number
  readonly orderId: string
  readonly what: 'order:status' | 'order:saga-step' | 'payment:status' | 'notification:new'
  /** The status, the step, or the subject of the notification. */
  readonly text: string
}

/** A product of the demo. */
export type Ware = { readonly id: string; readonly name: string; readonly price: number }

/** A small shop, with a customer who listens on the sockets. */
export type Shop = AsyncDisposable & {
  readonly lamp: Ware
  /** Out of stock. */
  readonly chair: Ware
  readonly buyer: Client
  readonly buyerId: string
  /** Messages that the buyer has received so far. */
  readonly received: readonly ReceivedMessage[]
}

const Id = Type.Object({ id: Type.String() })
const Nothing = Type.Unknown()

/** Fields of a socket message that the demo reads. */
type SocketMessage = {
  readonly orderId?: string
  readonly status: string
  readonly step: string
  readonly channel: string
  readonly subject: string
}

const listen = async (
  url: string,
  token: string,
  namespace: string,
  on: Readonly<
    Partial<Record<ReceivedMessage['what'], (message: SocketMessage) => string | undefined>>
  >,
  received: ReceivedMessage[],
): Promise<Socket> => {
  const socket = io(`${url}/${namespace}`, { auth: { token }, transports: ['websocket'] })
  for (const [what, textOf] of Object.entries(on) as [
    ReceivedMessage['what'],
    (message: SocketMessage) => string,
  ][])
    socket.on(what, (message: SocketMessage) => {
      const text = textOf(message)
      if (message.orderId && text)
        received.push({ at: Date.now(), orderId: message.orderId, what, text })
    })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', ({ message }) => {
      socket.close()
      reject(new Failed(`The socket /${namespace} rejected the connection: ${message}`))
    })
  })
  return socket
}

/**
 * Opens the shop: two products, one of them sold out, and a customer who is signed in and listens on the sockets.
 * @param admin client of an admin
 * @param stock number of lamps
 */
export const openShop = async (admin: Client, stock: number): Promise<Shop> => {
  await using parts = new AsyncDisposableStack()
  const sell = async (name: string, amount: number, quantity: number): Promise<Ware> => {
    const price = { amount, currency: 'EUR' }
    const product = { name, price, category: 'demo' }
    const { id } = await admin.call(Id, 'POST', '/products', product)
    parts.defer(() => admin.call(Nothing, 'DELETE', `/products/${id}`).then(() => undefined))
    await admin.call(Nothing, 'PUT', `/inventory/${id}`, { quantity, reason: 'demo' })
    return { id, name, price: amount }
  }
  const lamp = await sell('Lamp', 1_999, stock)
  const chair = await sell('Chair', 4_900, 0)

  const password = randomUUID()
  const name = `ada${password.slice(0, 8)}`
  const email = `${name}@agora.example`
  const User = Type.Object({ userId: Type.String() })
  const registration = { email, username: name, password, name: 'Ada' }
  const { userId: buyerId } = await admin.call(User, 'POST', '/auth/register', registration)
  const buyer = client({ url: admin.url, credentials: async () => ({ email, password }) })
  const token = await buyer.signIn()

  const received: ReceivedMessage[] = []
  const sockets = await Promise.all([
    listen(
      admin.url,
      token,
      'orders',
      {
        'order:status': ({ status }) => status,
        'order:saga-step': ({ step }) => step,
        'payment:status': ({ status }) => status,
      },
      received,
    ),
    listen(
      admin.url,
      token,
      'notifications',
      {
        'notification:new': ({ channel, subject }) => (channel === 'in_app' ? subject : undefined),
      },
      received,
    ),
  ])
  for (const socket of sockets) parts.defer(() => void socket.close())
  const everything = parts.move()
  return {
    lamp,
    chair,
    buyer,
    buyerId,
    received,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
