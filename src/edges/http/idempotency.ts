import { createHmac, hash, randomUUID } from 'node:crypto'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { derivedUuid } from '#kernel'
import { keyedRequests, type KeyClaim } from '../../serving/keyed-requests.ts'
import type { Receipt, Receipts } from '../../platform/storage/idempotency/port.ts'
import { sealing } from '../../platform/security/sealing.ts'
import { invalid, Problem } from '../../serving/problem.ts'
import { isGivenUp } from './protection/abandoned.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Id of the request's command; the same for every repetition under its key. */
    commandId: string
    /** The claim on the request's idempotency key, while the request is served. */
    claim: KeyClaim | undefined
    /** Whether the refusal is temporary, so that a repetition may succeed. */
    transient: boolean
  }
}

/** Headers that a receipt stores; the others concern the delivery of the answer. */
const storedHeaders = ['content-type', 'location', 'etag', 'set-cookie'] as const

/** Methods whose requests have no key, as they change nothing (RFC 9110 §9.2.1). */
const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

const keyOf = ({ headers, method }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key']
  if (key === undefined || safe.has(method)) return undefined
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw invalid('Idempotency-Key', 'must be 1 to 255 visible ASCII characters')
}

/** Interval between purges of expired receipts, in ms. */
const purgeEvery = 5 * 60_000

/** Purges expired receipts until the server closes. */
const purging = (app: FastifyInstance, receipts: Receipts, logger: FastifyBaseLogger): void => {
  const purge = async () => {
    try {
      // Each call deletes a limited number.
      while ((await receipts.purge()) > 0);
    } catch (error) {
      logger.warn({ err: error }, 'Expired receipts could not be purged; the next purge retries')
    }
  }
  const timer = setInterval(() => void purge(), purgeEvery).unref()
  app.addHook('onClose', async () => clearInterval(timer))
}

/**
 * Whether an answer is final for its key. Internal errors and conflicts are not; a refusal is final only if a command was
 * appended before it, which a repetition with the same command ids would skip.
 */
const isFinal = (
  statusCode: number,
  { transient, claim }: Pick<FastifyRequest, 'transient' | 'claim'>,
): boolean => statusCode < 400 || (statusCode < 500 && !transient && claim?.hasRecorded() === true)

/** Returns the owner of the key: the user, or the address. */
const scopeOf = ({ caller, ip }: FastifyRequest): string =>
  caller ? `user:${caller.id}` : `ip:${ip}`

/**
 * Returns the same text for the same request, independent of its formatting on the wire. Files are read after the key is
 * claimed: only their size distinguishes them.
 */
const payloadOf = ({ method, url, body, headers, routeOptions }: FastifyRequest): string =>
  routeOptions.config.upload
    ? `${method} ${url} ${headers['content-length'] ?? 'of unknown length'}`
    : `${method} ${url} ${JSON.stringify(body ?? null)}`

/** Splits the stored cookies; a receipt stores them in one header, separated by line breaks. */
const setCookies = ({ 'set-cookie': all }: Receipt['headers']) =>
  all === undefined ? {} : { 'set-cookie': all.split('\n') }

const receiptOf = (reply: FastifyReply, payload: unknown): Receipt => ({
  status: reply.statusCode,
  headers: Object.fromEntries(
    storedHeaders.flatMap((name) => {
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
 * Makes requests that change something idempotent. Under an `Idempotency-Key`, a repetition of a completed request gets the stored answer,
 * byte for byte; another request under the key is refused (422), and so is a repetition while the first one is in
 * progress (409). Outcomes without an effect are not stored and may be retried: internal errors (5xx), conflicts, and
 * refusals before which no command was appended. The command id derives from the key, so that a crash between effect and
 * receipt causes no second effect.
 * @param secret key of 32 bytes that encrypts receipts with secrets
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

  const keyed = keyedRequests(receipts, (error) =>
    logger.warn({ err: error }, 'A receipt could not be stored and is retried'),
  )
  purging(app, receipts, logger)
  app.decorateRequest('commandId', '')
  app.decorateRequest('claim', undefined)
  app.decorateRequest('transient', false)

  /** Claims the key of a request, or answers the request by the key's receipt. @returns whether it is answered */
  const claimKey = async (
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
  ): Promise<boolean> => {
    const scope = scopeOf(request)
    const payload = payloadOf(request)
    // A plain hash of a body with a password would allow guessing the password.
    const payloadHash = isSealed(request)
      ? createHmac('sha256', secret).update(payload).digest('hex')
      : hash('sha256', payload, 'hex')
    request.commandId = derivedUuid('http', scope, payloadHash, key)
    const claim = await keyed.claim({ scope, key, payloadHash })
    if (claim.state === 'claimed') {
      // The handler will not run, so that nothing else would release the claim.
      if (isGivenUp(request)) keyed.settleLater(claim.claim, undefined)
      else request.claim = claim.claim
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
        'The first request with this Idempotency-Key is still being served; try again in a moment.',
      )
    const { status, headers, body } = isSealed(request) ? opened(claim.receipt) : claim.receipt
    reply
      .code(status)
      .headers({ ...headers, ...setCookies(headers), 'idempotency-replayed': 'true' })
      .send(body)
    return true
  }

  /** Stores the outcome of a claimed request before its answer is sent. */
  const storeOutcome = async (
    claim: NonNullable<FastifyRequest['claim']>,
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
  ): Promise<void> => {
    const plain = isFinal(reply.statusCode, { transient: request.transient, claim })
      ? receiptOf(reply, payload)
      : undefined
    const receipt = plain && isSealed(request) ? sealed(plain) : plain
    // A request past its deadline does not wait for the store, which may be the one that hangs.
    if (isGivenUp(request)) keyed.settleLater(claim, receipt)
    else await keyed.settle(claim, receipt)
  }

  // Neither hook creates a promise, except for requests with a key.
  app.addHook('preHandler', (request, reply, goOn) => {
    const key = keyOf(request)
    if (key === undefined) {
      request.commandId = randomUUID()
      goOn()
      return
    }
    claimKey(request, reply, key).then((isAnswered) => {
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
    const wasGivenUp = isGivenUp(request)
    storeOutcome(claim, request, reply, payload)
      .then(() => {
        // A request that was given up meanwhile is answered with its problem, and has no other answer.
        if (wasGivenUp || !isGivenUp(request)) goOn(null, payload)
      })
      .catch(goOn)
  })
}
