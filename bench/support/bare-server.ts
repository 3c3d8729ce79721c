/**
 * A hand-written server as the reference: Fastify with the checks of Agora's routes, in a process of its own. One route
 * does nothing; the other writes an event and a row of a read model in one transaction, and pushes to a socket. Its
 * environment has the URL of the Agora whose tokens it accepts (AGORA_URL), and its database (POSTGRES_URL).
 */
import { createPublicKey, randomUUID } from 'node:crypto'
import fastify from 'fastify'
import pg from 'pg'
import { Server } from 'socket.io'
import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import { Basket } from './bare-order.ts'
import { defaultHttpConfig } from '../../src/edges/http/dependencies.ts'
import { accessTokens } from '../../src/edges/http/callers/tokens.ts'
import { validatorCompiler } from '../../src/edges/http/validation.ts'
import { memoryKeys } from '../../src/platform/security/keys/memory.ts'
import type { PublicJwk } from '../../src/platform/security/keys/port.ts'

const { AGORA_URL, POSTGRES_URL } = process.env

/** Agora's public signing keys. */
const published = async (): Promise<readonly PublicJwk[]> => {
  if (!AGORA_URL) return []
  const response = await fetch(`${AGORA_URL}/api/v1/auth/.well-known/jwks.json`)
  const { keys } = (await response.json()) as { readonly keys: readonly PublicJwk[] }
  return keys
}
const keys = new Map(
  (await published()).map((jwk) => {
    const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    return [
      jwk.kid,
      {
        kid: jwk.kid,
        jwk,
        publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      },
    ]
  }),
)

const app = fastify({ logger: false })
app.setValidatorCompiler(validatorCompiler)
const { signing } = memoryKeys()
const verifying = (kid: string) => keys.get(kid)
const tokens = await accessTokens(app, { signing, verifying }, defaultHttpConfig, () => new Date())
const sockets = new Server(app.server, { serveClient: false }).of('/orders')
const pool = new pg.Pool({ connectionString: POSTGRES_URL, max: 8 })

const callerOf = (authorization = '') => tokens.verify(authorization.slice('Bearer '.length))

const answered = (data: ReturnType<typeof Type.Object>) => ({
  success: Type.Boolean(),
  data,
  meta: Type.Object({ position: Type.String() }),
})

const Params = Fields({ productId: Type.String({ format: 'uuid' }) })
const Recount = Fields({
  quantity: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  delta: Type.Optional(Type.Integer({ minimum: -1_000_000_000, maximum: 1_000_000_000 })),
  reason: Type.String({ minLength: 1, maxLength: 500 }),
})
const Stock = Type.Object({
  productId: Type.String(),
  quantity: Type.Integer(),
  reserved: Type.Integer(),
  available: Type.Integer(),
})

app.put<{ Params: Static<typeof Params>; Body: Static<typeof Recount> }>(
  '/api/v1/inventory/:productId',
  {
    schema: { params: Params, body: Recount, response: { 200: Type.Object(answered(Stock)) } },
    onRequest: (request, reply, done) => {
      const { roles } = callerOf(request.headers.authorization)
      if (!roles.includes('admin')) void reply.code(403).send({})
      else done()
    },
  },
  async ({ params: { productId }, body: { delta = 0 } }) => ({
    success: true,
    data: { productId, quantity: delta, reserved: 0, available: delta },
    meta: { position: '1' },
  }),
)

if (POSTGRES_URL)
  await pool.query(`CREATE TABLE IF NOT EXISTS bare_events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text NOT NULL, revision integer NOT NULL,
    data jsonb NOT NULL, UNIQUE (stream, revision));
  CREATE TABLE IF NOT EXISTS bare_orders (id uuid PRIMARY KEY, document jsonb NOT NULL)`)

const Order = Type.Object({ id: Type.String(), status: Type.String() })

app.post<{ Body: Static<typeof Basket> }>(
  '/api/v1/orders',
  { schema: { body: Basket, response: { 202: Type.Object(answered(Order)) } } },
  async ({ body, headers }, reply) => {
    const { id: userId } = callerOf(headers.authorization)
    const id = randomUUID()
    const json = JSON.stringify({ ...body, userId })
    const { rows } = await pool.query<{ position: string }>({
      name: 'order',
      text: `WITH event AS (
          INSERT INTO bare_events (stream, revision, data) VALUES ('order-' || $1::text, 0, $2) RETURNING position
        ), document AS (INSERT INTO bare_orders (id, document) VALUES ($1::uuid, $2))
        SELECT position FROM event`,
      values: [id, json],
    })
    const position = rows[0]!.position
    sockets.emit('order:status', { orderId: id, status: 'PENDING', position })
    void reply.code(202)
    return { success: true, data: { id, status: 'PENDING' }, meta: { position } }
  },
)

const url = await app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`${JSON.stringify({ url })}\n`)
process.once('SIGTERM', () => process.exit())
