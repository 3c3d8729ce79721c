import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AnyProjection } from '#kernel'
import type { Cache } from '../../../platform/storage/cache/port.ts'
import type { PassedBack } from '../../../platform/messaging/request-proxy/port.ts'
import { encodingFor, compressed, type Encoding } from '../protection/compression.ts'
import type { NewestEvents } from '../../../serving/event-feed.ts'
import { fastestForm, sendBack } from '../proxy-routes.ts'
import { cacheable, json, encoded, decoded, type CachedResponse } from './cached-response.ts'

/** Requests an answer from the process that makes it. */
type RequestUpstream = () => Promise<PassedBack>

/** Answers a request from the cache, or else by the upstream answer, which is then cached. */
export type ShareAnswer = (
  request: FastifyRequest,
  reply: FastifyReply,
  requestUpstream: RequestUpstream,
) => Promise<FastifyReply>

/** Response cache for answers that are the same for all callers. */
export type SharedAnswers = {
  /** @param models all read models that an answer depends on */
  readonly of: (models: readonly AnyProjection[]) => ShareAnswer
}

/** Outcome of a request upstream: a cacheable answer, or one that belongs to the request that asked for it. */
type Outcome =
  | { readonly answer: CachedResponse; readonly leftMs: number }
  | {
      readonly answer?: undefined
      readonly back: PassedBack
      readonly requestUpstream: RequestUpstream
    }

/** Cache key of a request, and the position that it waits for. */
type CacheRequest = { readonly key: string; readonly minPosition: bigint }

/**
 * Returns the cache key of a request: its route, and its parsed path and query in a canonical order, without
 * `minPosition`.
 * @returns undefined when the query is invalid
 */
const cacheRequestOf = ({
  routeOptions,
  params,
  query,
}: FastifyRequest): CacheRequest | undefined => {
  const { minPosition = '0', ...rest } = query as Readonly<Record<string, unknown>>
  if (typeof minPosition !== 'string' || !/^\d{1,18}$/.test(minPosition)) return undefined
  const asked = Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    key: JSON.stringify([routeOptions.url, params, asked]),
    minPosition: BigInt(minPosition),
  }
}

const keyOf = (key: string, encoding: Encoding | undefined) => `${encoding ?? 'plain'} ${key}`

/** Any cache may store the answer, and must revalidate it before use (RFC 9111 §5.2.2). */
const cacheControl = 'public, max-age=0, must-revalidate'

const matchesTag = (tags: string | undefined, tag: string): boolean =>
  tags !== undefined &&
  tags.split(',').some((one) => {
    const known = one.trim()
    // Weak comparison (RFC 9110 §8.8.3.2).
    return known === '*' || known === tag || `W/${known}` === tag
  })

const withVary = (before: FastifyReply): string => {
  const vary = before.getHeader('vary')
  return vary === undefined ? 'accept-encoding' : `${String(vary)}, accept-encoding`
}

/** Sends a cached answer. @param age time in the cache, in s; undefined for a new one */
const send = (
  { headers: { 'if-none-match': known } }: FastifyRequest,
  reply: FastifyReply,
  { tag, encoding, body }: CachedResponse,
  age?: number,
): FastifyReply => {
  // A request past its deadline has been answered already.
  if (reply.sent) return reply
  reply.headers({
    'cache-control': cacheControl,
    etag: tag,
    vary: withVary(reply),
    'x-cache': age === undefined ? 'miss' : 'hit',
  })
  if (age !== undefined) reply.header('age', age)
  if (matchesTag(known, tag)) return reply.code(304).send()
  reply.header('content-type', json)
  if (encoding) reply.header('content-encoding', encoding)
  return reply.send(fastestForm(body, json, encoding))
}

/** Removes the correlation id, as the answer is shared by several requests. */
const withoutCorrelationId = ({ status, headers, body }: PassedBack): PassedBack => {
  const { 'x-correlation-id': _, ...rest } = headers
  return { status, headers: rest, body }
}

/**
 * Caches answers that are the same for all callers until an event changes a read model that they depend on: an answer as
 * of a position is fresh as long as this process has read no later event of the types of those read models. Nothing has
 * to be invalidated explicitly. Changes without an event (a rebuilt read model, a retried parked document) show after
 * `life`. Concurrent requests for the same answer share one upstream request. Only successes are cached and shared, as a
 * problem has the id of its request.
 * @param options.cache memory of this process, or shared by all processes
 * @param options.life maximum lifetime of an answer, in ms
 */
export const sharedAnswers = ({
  cache,
  life,
  feed,
}: {
  readonly cache: Cache
  readonly life: number
  readonly feed: NewestEvents
}): SharedAnswers => {
  const pending = new Map<string, Promise<Outcome>>()

  const once = (name: string, work: () => Promise<Outcome>): Promise<Outcome> => {
    const known = pending.get(name)
    if (known) return known
    const begun = work().finally(() => pending.delete(name))
    pending.set(name, begun)
    return begun
  }

  /** Returns a cached answer that includes all events up to a position. */
  const find = async (key: string, position: bigint) => {
    let answer: CachedResponse | undefined
    const cached = await cache.get(key, ({ value }) => {
      answer = decoded(value)
      return answer !== undefined && answer.position >= position
    })
    return cached && answer && { answer, leftMs: cached.leftMs }
  }

  const of = (models: readonly AnyProjection[]): ShareAnswer => {
    const types = [...new Set(models.flatMap(({ reads }) => reads))]

    const store = (key: string, answer: CachedResponse, leftMs: number): void => {
      // An answer that an event has made stale meanwhile is sent, but not cached.
      if (answer.position >= feed.newest(types)) void cache.set(key, encoded(answer), leftMs)
    }

    const make = async (key: string, requestUpstream: RequestUpstream): Promise<Outcome> => {
      const back = await requestUpstream()
      const answer = cacheable(back)
      if (!answer) return { back: withoutCorrelationId(back), requestUpstream }
      store(keyOf(key, undefined), answer, life)
      return { answer, leftMs: life }
    }

    const compress = async (key: string, encoding: Encoding, plain: Outcome): Promise<Outcome> => {
      if (!plain.answer) return plain
      const { answer, leftMs } = plain
      const body = await compressed(encoding, answer.body)
      const made = body ? { ...answer, encoding, body } : answer
      store(keyOf(key, encoding), made, leftMs)
      return { answer: made, leftMs }
    }

    return async (request, reply, requestUpstream) => {
      const cacheRequest = cacheRequestOf(request)
      if (!cacheRequest) return sendBack(reply, withoutCorrelationId(await requestUpstream()))
      const { key, minPosition } = cacheRequest
      const since = feed.newest(types)
      const position = minPosition > since ? minPosition : since
      const encoding = encodingFor(request.headers['accept-encoding'])

      const cached = await find(keyOf(key, encoding), position)
      if (cached) {
        const age = Math.max(0, Math.floor((life - cached.leftMs) / 1_000))
        return send(request, reply, cached.answer, age)
      }
      // A request after a further event, or with a later position, does not join earlier upstream requests.
      const name = `${since} ${minPosition} ${key}`
      const plain = () => once(name, () => make(key, requestUpstream))
      const made = await (encoding
        ? once(keyOf(name, encoding), async () =>
            compress(
              key,
              encoding,
              (await find(keyOf(key, undefined), position)) ?? (await plain()),
            ),
          )
        : plain())
      if (made.answer) return send(request, reply, made.answer)
      return sendBack(
        reply,
        made.requestUpstream === requestUpstream
          ? made.back
          : withoutCorrelationId(await requestUpstream()),
      )
    }
  }

  return { of }
}
