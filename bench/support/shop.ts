import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, BenchDatabase } from './bench.ts'
import { client, type Client } from './client.ts'
import { inParallel } from './load.ts'
import { agora, startServer, type ServerProcess } from './process.ts'

/** Credentials of the admin. */
export const admin = { email: 'admin@bench.localhost', password: 'a password for the bench' }

type Meta = { readonly meta: { readonly position: string } }
type SignedIn = { readonly tokens: { readonly accessToken: string } }

/** An Agora in a process of its own, with an admin, a buyer and products in stock. */
export type Shop = AsyncDisposable & {
  readonly server: ServerProcess
  /** Its data folder. */
  readonly data: string
  readonly database: BenchDatabase
  readonly client: Client
  readonly admin: string
  readonly buyer: string
  readonly products: readonly string[]
}

/** Prefix of the API. */
export const prefix = '/api/v1'

const register = async ({ call }: Client, name: string): Promise<string> => {
  const { tokens } = await call<SignedIn>('POST', `${prefix}/auth/register`, {
    email: `${name}@bench.localhost`,
    username: name,
    password: admin.password,
  })
  return tokens.accessToken
}

/**
 * Starts Agora on a new database, with its default settings but without rate limits.
 * @param options.products number of products on sale
 * @param options.env further environment
 * @param options.program the module that starts it; default: that of `npm start`
 */
export const openShop = async (
  bench: Bench,
  {
    products: count,
    env = {},
    program = agora,
  }: {
    readonly products: number
    readonly env?: Readonly<Record<string, string>>
    readonly program?: string
  },
): Promise<Shop> => {
  await using starting = new AsyncDisposableStack()
  const database = starting.use(await bench.freshDatabase())
  const data = await mkdtemp(join(bench.folder, 'shop-'))
  const server = starting.use(
    await startServer(bench, program, {
      PORT: '0',
      AGORA_DATA: data,
      POSTGRES_URL: database.url,
      RATE_LIMIT: 'off',
      AGORA_ESDB_PORT: 'off',
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      ...env,
    }),
  )
  const http = starting.use(client(server.url))
  const { tokens } = await http.call<SignedIn>('POST', `${prefix}/auth/login`, admin)
  const buyer = await register(http, 'buyer')

  const numbers = Array.from({ length: count }, (_, number) => number + 1)
  const products = await inParallel(numbers, 32, async (number) => {
    const { data: product } = await http.call<{ readonly data: { readonly id: string } }>(
      'POST',
      `${prefix}/products`,
      {
        name: `Lamp ${number}`,
        description: 'It gives light. It can be switched on, and off.',
        price: { amount: 1_999, currency: 'EUR' },
        category: 'lamps',
      },
      tokens.accessToken,
    )
    return product.id
  })
  // Stock is accepted only for products that the catalogue's read model has.
  const { meta } = await http.call<Meta>('GET', `${prefix}/products`)
  const positions = await inParallel(products, 32, async (id) => {
    const path = `${prefix}/inventory/${id}`
    const body = { quantity: 1_000_000, reason: 'delivery' }
    const put = async (): Promise<bigint> => {
      try {
        const answer = await http.call<Meta>('PUT', path, body, tokens.accessToken)
        return BigInt(answer.meta.position)
      } catch (error) {
        if (!String(error).includes('404')) throw error
        await new Promise((resolve) => setTimeout(resolve, 20))
        return put()
      }
    }
    return put()
  })
  const last = positions.reduce((a, b) => (a > b ? a : b), BigInt(meta.position))
  await http.call('GET', `${prefix}/inventory/${products[0]}?minPosition=${last}`)

  const everything = starting.move()
  return {
    server,
    data,
    database,
    client: http,
    admin: tokens.accessToken,
    buyer,
    products,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
