import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AnyProjection } from '#kernel'
import type { Cache } from '../../../platform/storage/cache/port.ts'
import type { PassedBack } from '../../../platform/messaging/request-proxy/port.ts'
import { encodingFor, pressed, type Encoding } from '../protection/compression.ts'
import type { HttpDependencies } from '../dependencies.ts'
import { quickest, sendBack } from '../proxy-routes.ts'
import { forEverybody, json, packed, unpacked, type CachedResponse } from './cached-response.ts'
import { followEventPositions } from './event-positions.ts'

/** Gets an answer, from wherever it is made. */
type Ask = () => Promise<PassedBack>

/** Answers a request by what is kept, or else by what is asked for, which is kept then. */
export type ShareAnswer = (
  request: FastifyRequest,
  reply: FastifyReply,
  ask: Ask,
) => Promise<FastifyReply>

/** Keeps answers that are the same for everybody. */
export type SharedAnswers = {
  /** @param models the read models that an answer comes from, and nothing else */
  readonly of: (models: readonly AnyProjection[]) => ShareAnswer
  readonly close: () => Promise<void>
}

/** What was made: an answer for everybody, or else one that is for who has asked, and nobody else. */
type Made =
  | { readonly answer: CachedResponse; readonly leftMs: number }
  | { readonly answer?: undefined; readonly back: PassedBack; readonly ask: Ask }

/** What a request asks for, however it says it. */
type Wanted = { readonly key: string; readonly minPosition: bigint }

/**
 * The same for all who are given the same answer: by its route, and by what path and query say when they have been read.
 * Where an answer has to be true is no part of it.
 * @returns undefined when nobody can be given an answer to this
 */
const wantedOf = ({ routeOptions, params, query }: FastifyRequest): Wanted | undefined => {
  const { minPosition = '0', ...rest } = query as Readonly<Record<string, unknown>>
  if (typeof minPosition !== 'string' || !/^\d{1,18}$/.test(minPosition)) return undefined
  const asked = Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    key: JSON.stringify([routeOptions.url, params, asked]),
    minPosition: BigInt(minPosition),
  }
}

const keyOf = (key: string, encoding: Encoding | undefined) => `${encoding ?? 'plain'} ${key}`

/** Anybody may keep it, and asks before they use it (RFC 9111 §5.2.2). */
const cacheControl = 'public, max-age=0, must-revalidate'

const isKnown = (tags: string | undefined, tag: string): boolean =>
  tags !== undefined &&
  tags.split(',').some((one) => {
    const known = one.trim()
    // Weakly compared (RFC 9110 §8.8.3.2).
    return known === '*' || known === tag || `W/${known}` === tag
  })

const withVary = (before: FastifyReply): string => {
  const vary = before.getHeader('vary')
  return vary === undefined ? 'accept-encoding' : `${String(vary)}, accept-encoding`
}

/** @param age how long it was kept, in s; undefined when it was not */
const send = (
  { headers: { 'if-none-match': known } }: FastifyRequest,
  reply: FastifyReply,
  { tag, encoding, body }: CachedResponse,
  age?: number,
): FastifyReply => {
  // Whoever waited too long was told so by then.
  if (reply.sent) return reply
  reply.headers({
    'cache-control': cacheControl,
    etag: tag,
    vary: withVary(reply),
    'x-cache': age === undefined ? 'miss' : 'hit',
  })
  if (age !== undefined) reply.header('age', age)
  if (isKnown(known, tag)) return reply.code(304).send()
  reply.header('content-type', json)
  if (encoding) reply.header('content-encoding', encoding)
  return reply.send(quickest(body, json, encoding))
}

/** Everybody's answer has no id of a request. */
const forAll = ({ status, headers, body }: PassedBack): PassedBack => {
  const { 'x-correlation-id': _, ...rest } = headers
  return { status, headers: rest, body }
}

/**
 * Keeps answers that are the same for everybody until an event moves a read model that they come from: one that was true
 * at a position is good for as long as no later event that such a read model reads is known here. Nobody has to be told
 * to forget anything. What changes without an event (a read model that was built anew, a parked document that was
 * retried) shows after `life`. Who asks at the same time for the same shares one answer. Only successes are kept, and
 * shared: a failure bears the id of its request.
 * @param options.cache of this process, or of all
 * @param options.life how long an answer is kept at the most, in ms
 */
export const sharedAnswers = ({
  cache,
  life,
  feed,
  onError,
}: {
  readonly cache: Cache
  readonly life: number
  readonly feed: HttpDependencies['feed']
  readonly onError: (error: unknown) => void
}): SharedAnswers => {
  const moves = followEventPositions({ feed, onError })
  const underWay = new Map<string, Promise<Made>>()

  const once = (name: string, work: () => Promise<Made>): Promise<Made> => {
    const known = underWay.get(name)
    if (known) return known
    const begun = work().finally(() => underWay.delete(name))
    underWay.set(name, begun)
    return begun
  }

  /** What is kept and true at a position. */
  const find = async (key: string, position: bigint) => {
    let answer: CachedResponse | undefined
    const kept = await cache.get(key, ({ value }) => {
      answer = unpacked(value)
      return answer !== undefined && answer.position >= position
    })
    return kept && answer && { answer, leftMs: kept.leftMs }
  }

  const of = (models: readonly AnyProjection[]): ShareAnswer => {
    const types = [...new Set(models.flatMap(({ reads }) => reads))]

    const keep = (key: string, answer: CachedResponse, leftMs: number): void => {
      // One that an event has overtaken on its way is for those who have waited for it.
      if (answer.position >= moves.since(types)) void cache.set(key, packed(answer), leftMs)
    }

    const make = async (key: string, ask: Ask): Promise<Made> => {
      const back = await ask()
      const answer = forEverybody(back)
      if (!answer) return { back: forAll(back), ask }
      keep(keyOf(key, undefined), answer, life)
      return { answer, leftMs: life }
    }

    const press = async (key: string, encoding: Encoding, plain: Made): Promise<Made> => {
      if (!plain.answer) return plain
      const { answer, leftMs } = plain
      const body = await pressed(encoding, answer.body)
      const made = body ? { ...answer, encoding, body } : answer
      keep(keyOf(key, encoding), made, leftMs)
      return { answer: made, leftMs }
    }

    return async (request, reply, ask) => {
      const wanted = wantedOf(request)
      if (!wanted) return sendBack(reply, forAll(await ask()))
      const { key, minPosition } = wanted
      const since = moves.since(types)
      const position = minPosition > since ? minPosition : since
      const encoding = encodingFor(request.headers['accept-encoding'])

      const kept = await find(keyOf(key, encoding), position)
      if (kept) {
        const age = Math.max(0, Math.floor((life - kept.leftMs) / 1_000))
        return send(request, reply, kept.answer, age)
      }
      // Who comes after an event, or wants to see one, does not join those who asked before.
      const name = `${since} ${minPosition} ${key}`
      const plain = () => once(name, () => make(key, ask))
      const made = await (encoding
        ? once(keyOf(name, encoding), async () =>
            press(key, encoding, (await find(keyOf(key, undefined), position)) ?? (await plain())),
          )
        : plain())
      if (made.answer) return send(request, reply, made.answer)
      return sendBack(reply, made.ask === ask ? made.back : forAll(await ask()))
    }
  }

  return { of, close: moves.close }
}
