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
    /** Id of the request's command; the same for every repetition under its key. */
    commandId: string
    /** The claim on the request's idempotency key, while the request is served. */
    claim:
      | {
          readonly request: KeyedRequest
          readonly holder: string
          /** Called when a command of the request has been appended. */
          readonly onRecorded: () => void
          readonly hasRecorded: () => boolean
        }
      | undefined
    /** Whether the refusal is temporary, so that a repetition may succeed. */
    transient: boolean
  }
}

/** Headers that a receipt stores; the others concern the delivery of the answer. */
const storedHeaders = ['content-type', 'location', 'etag', 'set-cookie'] as const

const keyOf = ({ headers, method }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key']
  if (key === undefined || method !== 'POST') return undefined
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

/** Pauses before further attempts to store the outcome of a request, in ms; after the last, its claim has expired. */
const retryPauses = [100, 200, 400, 800, 1_600, 3_200, 6_400]

/** Retries storing the outcome of a request; until then its key counts as in progress. */
const retryLater = async (store: () => Promise<void>): Promise<void> => {
  for (const wait of retryPauses) {
    await pause(wait, undefined, { ref: false })
    const storeOutcome = await store().then(
      () => true,
      () => false,
    )
    if (storeOutcome) return
  }
}

/** Creates the claim of a request, which tracks whether a command has been appended. */
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
 * Makes POST requests idempotent. Under an `Idempotency-Key`, a repetition of a completed request gets the stored answer,
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
    const keyed = { scope, key, payloadHash }
    const claim = await receipts.claim(keyed)
    if (claim.state === 'new') {
      // The handler will not run, so that nothing else would release the claim.
      if (isGivenUp(request)) {
        const release = () => receipts.release(keyed, claim.holder)
        release().catch(() => retryLater(release))
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
        'The first request with this Idempotency-Key is still being served; try again in a moment.',
      )
    const { status, headers, body } = isSealed(request) ? opened(claim) : claim
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
    const isStored = isFinal(reply.statusCode, { transient: request.transient, claim })
    const receipt = receiptOf(reply, payload)
    const store = () =>
      isStored
        ? receipts.finish(
            claim.request,
            claim.holder,
            isSealed(request) ? sealed(receipt) : receipt,
          )
        : receipts.release(claim.request, claim.holder)
    // A request past its deadline does not wait for the store, which may be the one that hangs.
    if (isGivenUp(request)) {
      store().catch(() => retryLater(store))
      return
    }
    try {
      await store()
    } catch (error) {
      // The effect stands even without a receipt: a retry finds the command's id in the log.
      logger.warn(
        { err: error, correlationId: request.id },
        'A receipt could not be stored and is retried',
      )
      void retryLater(store)
    }
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
    storeOutcome(claim, request, reply, payload)
      .then(() => goOn(null, payload))
      .catch(goOn)
  })
}
