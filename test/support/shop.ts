import { randomBytes } from 'node:crypto'
import type { Call, Reply } from './http.ts'
import { until } from './until.ts'

/** Somebody's e-mail address and password. */
export type Credentials = { readonly email: string; readonly password: string }

/** The admin of every Agora that tests start. */
export const root: Credentials = { email: 'root@example.org', password: 'a root password' }

/** An order, as its owner reads it. */
export type Order = {
  readonly id: string
  readonly userId: string
  readonly status: string
  readonly reason?: string
  readonly items: readonly { readonly refId: string; readonly quantity: number }[]
  readonly total: { readonly amount: number; readonly currency: string }
  readonly payment?: { readonly id: string; readonly status: string }
}

/** Pieces of a product. */
export type Stock = {
  readonly quantity: number
  readonly reserved: number
  readonly available: number
}

/** A signed-in user. */
export type Person = Credentials & {
  readonly id: string
  readonly token: string
  readonly call: Call
  /** Sends an order of so many pieces of each product; the default card pays. */
  readonly order: (
    pieces: Readonly<Record<string, number>>,
    card?: string,
    headers?: Record<string, string>,
  ) => Promise<Reply>
  /** Sends such an order that is to be taken. @returns its id */
  readonly buy: (pieces: Readonly<Record<string, number>>, card?: string) => Promise<string>
  /** An order of theirs once nothing more happens to it. */
  readonly settled: (orderId: string) => Promise<Order>
}

/** What every journey needs, over HTTP. */
export type Shop = {
  readonly url: string
  /** Calls without a token. */
  readonly anyone: Call
  /** Signs the admin in. */
  readonly admin: () => Promise<Person>
  /** Opens an account, for a new name unless one is given. */
  readonly register: (name?: string) => Promise<Person>
  readonly signIn: (credentials: Credentials) => Promise<Person>
  /** Puts a product on sale. @returns its id */
  readonly sell: (quantity: number, price?: number, name?: string) => Promise<string>
  readonly stockOf: (productId: string) => Promise<Stock>
}

const ends = new Set(['CONFIRMED', 'REJECTED', 'CANCELLED'])

/** Whether an order has come to its end, as far as the saga is concerned. */
const hasEnded = ({ status }: Pick<Order, 'status'>): boolean => ends.has(status)

/** Refusals of a process that has too little CPU time, as on a machine that runs all tests at once. */
const ofBusyProcess = new Set(['too_slow', 'overloaded'])

/** Whether a request may be sent again after such a refusal, of which the effect is unknown. */
const isRepeatable = (method: string, headers: Record<string, string>): boolean =>
  method !== 'POST' || 'idempotency-key' in headers

/**
 * Calls a server as somebody. What a busy process refuses is sent again, up to three times, if that is safe.
 * @param url of the server
 * @param token whose; nobody's when left out
 * @returns rejects only when there was no answer. Paths are below the API's prefix; with two slashes below the root.
 *   A body that is a text is sent as it is.
 */
export const callAt = (url: string, token?: string): Call => {
  const callOnce = callOnceAt(url, token)
  return async (method, path, body, headers = {}) => {
    let reply = await callOnce(method, path, body, headers)
    const isBusy = () => reply.status === 503 && ofBusyProcess.has(reply.body?.code)
    for (let again = 0; again < 3 && isBusy() && isRepeatable(method, headers); again += 1)
      reply = await callOnce(method, path, body, headers)
    return reply
  }
}

const callOnceAt =
  (url: string, token?: string): Call =>
  async (method, path, body, headers = {}) => {
    const where = path.startsWith('//') ? path.slice(1) : `/api/v1${path}`
    const response = await fetch(`${url}${where}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json') && text !== ''
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text,
      body: json ? JSON.parse(text) : undefined,
    }
  }

/** The body of an order of so many pieces of each product. */
export const basketOf = (pieces: Readonly<Record<string, number>>, card = 'tok_ok') => ({
  items: Object.entries(pieces).map(([refId, quantity]) => ({ kind: 'product', refId, quantity })),
  paymentMethod: { token: card },
})

/** Returns an answer with the expected status. @throws Error with the answer otherwise */
export const successOf = (reply: Reply, status: number): Reply => {
  if (reply.status !== status)
    throw new Error(`${reply.status} instead of ${status}: ${reply.text}`)
  return reply
}

/** A user from the answer to their sign-in. */
const personOf = (url: string, { body }: Reply, credentials: Credentials): Person => {
  const token: string = body.tokens.accessToken
  const call = callAt(url, token)
  const order: Person['order'] = (pieces, card, headers) =>
    call('POST', '/orders', basketOf(pieces, card), headers)
  return {
    ...credentials,
    id: body.data.userId,
    token,
    call,
    order,
    buy: async (pieces, card) => successOf(await order(pieces, card), 202).body.data.id,
    settled: async (orderId) => {
      const { body } = await until(
        () => call('GET', `/orders/${orderId}`),
        (reply) => hasEnded(reply.body.data),
      )
      // Until the read model has the order, reads answer from its own events, which hold less.
      const path = `/orders/${orderId}?minPosition=${body.meta.position}`
      const read = await until(
        () => call('GET', path),
        ({ status }) => status !== 503,
      )
      return successOf(read, 200).body.data
    },
  }
}

/** A shop that is served somewhere. @param admin who may do everything there */
export const shopAt = (url: string, admin: Credentials = root): Shop => {
  const anyone = callAt(url)
  const signIn: Shop['signIn'] = async ({ email, password }) =>
    personOf(url, successOf(await anyone('POST', '/auth/login', { email, password }), 200), {
      email,
      password,
    })
  let signedIn: Promise<Person> | undefined
  const asAdmin = () => (signedIn ??= signIn(admin))
  return {
    url,
    anyone,
    admin: asAdmin,
    signIn,
    register: async (name = `u${randomBytes(6).toString('hex')}`) => {
      const credentials = { email: `${name}@example.org`, password: 'a long password' }
      const reply = await anyone('POST', '/auth/register', { ...credentials, username: name })
      return personOf(url, successOf(reply, 201), credentials)
    },
    sell: async (quantity, price = 1999, name = 'Lamp') => {
      const { call } = await asAdmin()
      const product = { name, category: 'light', price: { amount: price, currency: 'EUR' } }
      const { body } = successOf(await call('POST', '/products', product), 201)
      const id: string = body.data.id
      successOf(await call('PUT', `/inventory/${id}`, { quantity, reason: 'delivery' }), 200)
      return id
    },
    stockOf: async (productId) => {
      const { body } = successOf(await anyone('GET', `/inventory/${productId}`), 200)
      const { quantity, reserved, available } = body.data
      return { quantity, reserved, available }
    },
  }
}

/** All orders that a user may see; to be read once all have ended. */
export const allOrders = async ({ call }: Pick<Person, 'call'>): Promise<readonly Order[]> => {
  const orders: Order[] = []
  for (let page = 1; ; page++) {
    const { body } = successOf(
      await call('GET', `/orders?sort=createdAt&limit=100&page=${page}`),
      200,
    )
    orders.push(...body.data.orders)
    if (body.data.orders.length < 100) return orders
  }
}

/**
 * Waits until all orders that somebody may see have come to their end.
 * @param options.among ids that are to be there
 * @param options.patience ms, default 60,000
 */
export const allSettled = (
  person: Pick<Person, 'call'>,
  { among = [], patience = 60_000 }: { among?: Iterable<string>; patience?: number } = {},
): Promise<readonly Order[]> =>
  until(
    async () => {
      for (const status of ['PENDING', 'STOCK_RESERVED', 'PAID']) {
        const { body } = await person.call('GET', `/orders?status=${status}&limit=1`)
        if (body.data.total !== 0) throw new Error(`${body.data.total} orders are ${status}`)
      }
      return allOrders(person)
    },
    (orders) => {
      const known = new Set(orders.map(({ id }) => id))
      return orders.every(hasEnded) && [...among].every((id) => known.has(id))
    },
    { patience, every: 100 },
  )
