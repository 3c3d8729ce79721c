import { createHmac, hash, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { derivedUuid } from '#kernel'
import type { KeyedRequest, Receipt, Receipts } from '../../platform/storage/idempotency/port.ts'
import { sealing } from '../../platform/security/sealing.ts'
import { invalid, Problem } from '../../serving/problem.ts'
import { isGivenUp } from './protection/abandoned.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The id of the command that the request stands for; the same whenever it is sent again under its key. */
    commandId: string
    /** The claim on the request's key, while it is being served. */
    claim:
      | {
          readonly request: KeyedRequest
          readonly holder: string
          /** Said when a command of the request has been recorded. */
          readonly onRecorded: () => void
          readonly hasRecorded: () => boolean
        }
      | undefined
    /** Whether its answer says nothing about a second try. */
    transient: boolean
  }
}

/** The headers that belong to an answer; the others are about its delivery. */
const kept = ['content-type', 'location', 'etag', 'set-cookie'] as const

const keyOf = ({ headers, method }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key']
  if (key === undefined || method !== 'POST') return undefined
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw invalid('Idempotency-Key', 'must be 1 to 255 visible ASCII characters')
}

/** How often receipts that are too old are dropped, in ms. */
const purgeEvery = 5 * 60_000

/** Drops what is too old, as long as the server is up. */
const purging = (app: FastifyInstance, receipts: Receipts, logger: FastifyBaseLogger): void => {
  const purge = async () => {
    try {
      // A lot is dropped in parts.
      while ((await receipts.purge()) > 0);
    } catch (error) {
      logger.warn({ err: error }, 'Old receipts could not be dropped; the next time will do')
    }
  }
  const timer = setInterval(() => void purge(), purgeEvery).unref()
  app.addHook('onClose', async () => clearInterval(timer))
}

/** How long to wait before each further attempt to note how a request ended, in ms; later its claim has lapsed. */
const pauses = [100, 200, 400, 800, 1_600, 3_200, 6_400]

/** Tries again to note how a request ended: until then, its key is taken for one that is being served. */
const noteLater = async (note: () => Promise<void>): Promise<void> => {
  for (const wait of pauses) {
    await pause(wait, undefined, { ref: false })
    const noted = await note().then(
      () => true,
      () => false,
    )
    if (noted) return
  }
}

/** A claim that was made, and whether anything has come of it. */
const claimOf = (request: KeyedRequest, holder: string): NonNullable<FastifyRequest['claim']> => {
  let recorded = false
  return {
    request,
    holder,
    onRecorded: () => {
      recorded = true
    },
    hasRecorded: () => recorded,
  }
}

/**
 * Whether an answer is the last word on its request. A failure of ours is not, nor a conflict with others; a refusal is
 * one only where something was recorded before it, which a second try under the same ids of commands would pass over.
 */
const isFinal = (
  statusCode: number,
  { transient, claim }: Pick<FastifyRequest, 'transient' | 'claim'>,
): boolean => statusCode < 400 || (statusCode < 500 && !transient && claim?.hasRecorded() === true)

/** Whose key it is. */
const scopeOf = ({ caller, ip }: FastifyRequest): string =>
  caller ? `user:${caller.id}` : `ip:${ip}`

/** The same text for the same request: how it was spelled on the wire does not matter. */
const payloadOf = ({ method, url, body }: FastifyRequest): string =>
  `${method} ${url} ${JSON.stringify(body ?? null)}`

/** Cookies are headers of their own each; a receipt keeps them in one, a line each. */
const setCookies = ({ 'set-cookie': all }: Receipt['headers']) =>
  all === undefined ? {} : { 'set-cookie': all.split('\n') }

const receiptOf = (reply: FastifyReply, payload: unknown): Receipt => ({
  status: reply.statusCode,
  headers: Object.fromEntries(
    kept.flatMap((name) => {
      const value = reply.getHeader(name)
      return value === undefined
        ? []
        : [[name, Array.isArray(value) ? value.join('\n') : String(value)]]
    }),
  ),
  body: Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(typeof payload === 'string' ? payload : ''),
})

/**
 * Lets a POST be sent twice without harm. Under an `Idempotency-Key`, a request that was carried out gets its first
 * answer again, byte for byte; another request under that key is refused (422); one that is still being served is told so
 * (409). What changed nothing is not remembered and may be tried again: failures of ours (5xx), conflicts, and refusals
 * before which nothing was recorded. The command's id follows from the key, so that even a crash between effect and
 * receipt does not lead to a second effect.
 * @param secret 32 bytes that receipts with secrets in them are sealed with
 */
export const idempotency = (
  app: FastifyInstance,
  receipts: Receipts,
  secret: Buffer,
  logger: FastifyBaseLogger,
): void => {
  const { seal, open } = sealing(secret)
  const isSealed = ({ routeOptions }: FastifyRequest) => routeOptions.config.sealed === true

  const sealed = ({ status, headers, body }: Receipt): Receipt => ({
    status,
    headers: {},
    body: seal(Buffer.from(JSON.stringify({ headers, body: body.toString('base64') }))),
  })
  const opened = ({ status, body }: Receipt): Receipt => {
    const plain: { headers: Receipt['headers']; body: string } = JSON.parse(open(body).toString())
    return { status, headers: plain.headers, body: Buffer.from(plain.body, 'base64') }
  }

  purging(app, receipts, logger)
  app.decorateRequest('commandId', '')
  app.decorateRequest('claim', undefined)
  app.decorateRequest('transient', false)

  /** Claims the key of a request, or answers the request by what the key says. @returns whether it is answered */
  const claimed = async (
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
  ): Promise<boolean> => {
    const scope = scopeOf(request)
    const payload = payloadOf(request)
    // A plain hash of a body with a password in it would give the password away.
    const payloadHash = isSealed(request)
      ? createHmac('sha256', secret).update(payload).digest('hex')
      : hash('sha256', payload, 'hex')
    request.commandId = derivedUuid('http', scope, payloadHash, key)
    const keyed = { scope, key, payloadHash }
    const claim = await receipts.claim(keyed)
    if (claim.state === 'new') {
      // The handler does not run any more, so that nothing else would release the claim.
      if (isGivenUp(request)) {
        const release = () => receipts.release(keyed, claim.holder)
        release().catch(() => noteLater(release))
        return false
      }
      request.claim = claimOf(keyed, claim.holder)
      return false
    }
    if (claim.state === 'mismatch')
      throw new Problem(
        422,
        'idempotency_key_reused',
        'This Idempotency-Key was sent with another request; pick a new key.',
      )
    if (claim.state === 'running')
      throw new Problem(
        409,
        'request_in_progress',
        'The first request with this Idempotency-Key is still being served; ask again in a moment.',
      )
    const { status, headers, body } = isSealed(request) ? opened(claim) : claim
    reply
      .code(status)
      .headers({ ...headers, ...setCookies(headers), 'idempotency-replayed': 'true' })
      .send(body)
    return true
  }

  /** Notes how a claimed request ended, before its answer is sent. */
  const noted = async (
    claim: NonNullable<FastifyRequest['claim']>,
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
  ): Promise<void> => {
    const remembered = isFinal(reply.statusCode, { transient: request.transient, claim })
    const receipt = receiptOf(reply, payload)
    const note = () =>
      remembered
        ? receipts.finish(
            claim.request,
            claim.holder,
            isSealed(request) ? sealed(receipt) : receipt,
          )
        : receipts.release(claim.request, claim.holder)
    // Nobody who was told that it took too long waits for the store, which may be what hangs.
    if (isGivenUp(request)) {
      note().catch(() => noteLater(note))
      return
    }
    try {
      await note()
    } catch (error) {
      // What was done is done, also when it cannot be noted: a retry finds the command's id taken.
      logger.warn(
        { err: error, correlationId: request.id },
        'An answer could not be remembered yet',
      )
      void noteLater(note)
    }
  }

  // Both without a promise, except for requests that carry a key.
  app.addHook('preHandler', (request, reply, goOn) => {
    const key = keyOf(request)
    if (key === undefined) {
      request.commandId = randomUUID()
      goOn()
      return
    }
    claimed(request, reply, key).then((isAnswered) => {
      if (!isAnswered) goOn()
    }, goOn)
  })

  app.addHook('onSend', (request, reply, payload, goOn) => {
    const { claim } = request
    if (!claim) {
      goOn(null, payload)
      return
    }
    request.claim = undefined
    noted(claim, request, reply, payload)
      .then(() => goOn(null, payload))
      .catch(goOn)
  })
}
