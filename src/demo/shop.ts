import { randomUUID } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import { Type } from 'typebox'
import { client, type Client } from '../edges/cli/client.ts'
import { Failed } from '../edges/cli/failure.ts'

/** Something that a client was told over a socket. */
export type Heard = {
  /** When, in ms since 1970 by our clock. */
  readonly at: number
  readonly orderId: string
  readonly what: 'order:status' | 'order:saga-step' | 'payment:status' | 'notification:new'
  /** The status, the step, or what the notification says. */
  readonly text: string
}

/** A product of the demo. */
export type Ware = { readonly id: string; readonly name: string; readonly price: number }

/** A small shop with a customer in it, who listens. */
export type Shop = AsyncDisposable & {
  readonly lamp: Ware
  /** There are none of it. */
  readonly chair: Ware
  readonly buyer: Client
  readonly buyerId: string
  /** All that the buyer was told so far. */
  readonly heard: readonly Heard[]
}

const Id = Type.Object({ id: Type.String() })
const Nothing = Type.Unknown()

/** A word from the server, as far as the demo looks at it. */
type Told = {
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
  on: Readonly<Partial<Record<Heard['what'], (told: Told) => string | undefined>>>,
  heard: Heard[],
): Promise<Socket> => {
  const socket = io(`${url}/${namespace}`, { auth: { token }, transports: ['websocket'] })
  for (const [what, textOf] of Object.entries(on) as [Heard['what'], (told: Told) => string][])
    socket.on(what, (told: Told) => {
      const text = textOf(told)
      if (told.orderId && text) heard.push({ at: Date.now(), orderId: told.orderId, what, text })
    })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', ({ message }) => {
      socket.close()
      reject(new Failed(`The socket /${namespace} does not let us in: ${message}`))
    })
  })
  return socket
}

/**
 * Sets the stage: two products, one of them sold out, and a customer who is signed in and listens.
 * @param admin whose shop it is
 * @param stock how many lamps there are
 */
export const openShop = async (admin: Client, stock: number): Promise<Shop> => {
  await using parts = new AsyncDisposableStack()
  const sell = async (name: string, amount: number, quantity: number): Promise<Ware> => {
    const price = { amount, currency: 'EUR' }
    const product = { name, price, category: 'demo' }
    const { id } = await admin.ask(Id, 'POST', '/products', product)
    parts.defer(() => admin.ask(Nothing, 'DELETE', `/products/${id}`).then(() => undefined))
    await admin.ask(Nothing, 'PUT', `/inventory/${id}`, { quantity, reason: 'demo' })
    return { id, name, price: amount }
  }
  const lamp = await sell('Lamp', 1_999, stock)
  const chair = await sell('Chair', 4_900, 0)

  const password = randomUUID()
  const name = `ada${password.slice(0, 8)}`
  const email = `${name}@agora.example`
  const User = Type.Object({ userId: Type.String() })
  const registration = { email, username: name, password, name: 'Ada' }
  const { userId: buyerId } = await admin.ask(User, 'POST', '/auth/register', registration)
  const buyer = client({ url: admin.url, credentials: async () => ({ email, password }) })
  const token = await buyer.signIn()

  const heard: Heard[] = []
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
      heard,
    ),
    listen(
      admin.url,
      token,
      'notifications',
      {
        'notification:new': ({ channel, subject }) => (channel === 'in_app' ? subject : undefined),
      },
      heard,
    ),
  ])
  for (const socket of sockets) parts.defer(() => void socket.close())
  const everything = parts.move()
  return {
    lamp,
    chair,
    buyer,
    buyerId,
    heard,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
