import { signer } from './signed-text.ts'

/** A call from one process of Agora to another, with the parts that are signed. */
export type InternalCall = {
  /** The callee: the id of an instance, its URL if its id is unknown, `registry`, or `grpc`. */
  readonly audience: string
  readonly method: string
  /** Path and query, as on the wire. */
  readonly url: string
  /** The user on whose behalf the call is made; empty without one. */
  readonly userId: string
  /** The address of the original client; empty without one. */
  readonly address: string
}

/** Signs and verifies calls between processes, so that processes answer internal calls of this Agora only. */
export type InternalCalls = {
  /** Returns a token that is valid for this call only, until it expires. */
  readonly tokenFor: (call: InternalCall) => string
  /** Whether a token was signed for this call by a process of this Agora and has not expired. */
  readonly isGood: (token: string, call: InternalCall) => boolean
}

/** Header of the token. */
export const internalHeader = 'x-agora-internal'

/**
 * Header of signed requests that an `api` process sends to itself for calls of gRPC: they are counted there. Gateways drop it
 * from requests of clients, and without a signature it means nothing.
 */
export const grpcHeader = 'x-agora-grpc'

/** Audience of calls to the registry; any process that serves it accepts them. */
export const registryAudience = 'registry'

/** Audience of calls of gRPC: their clients balance over processes, and sign before they know which one answers. */
export const grpcAudience = 'grpc'

/** Lifetime of a token, in ms; the clocks of two machines may differ by as much. */
const lifetime = 30_000

/** Time for which a token is reused for the same call, in ms. */
const reuse = 5_000

/** Entries in each generation of the token caches; two generations are held. */
const cachedTokens = 5_000

/** A map that evicts old entries: it holds at least the last `most` entries, and fewer than twice as many. */
const bounded = <V>(most: number) => {
  let young = new Map<string, V>()
  let old = new Map<string, V>()
  return {
    get: (key: string): V | undefined => young.get(key) ?? old.get(key),
    set: (key: string, value: V): void => {
      if (young.size >= most) {
        old = young
        young = new Map()
      }
      young.set(key, value)
    },
  }
}

/** Limit of a cached call, in characters: clients choose their URLs, and long ones would fill the memory. */
const longest = 512

/** A call as one text. No header and no URL contains U+0000. */
const textOf = ({ audience, method, url, userId, address }: InternalCall): string =>
  `${audience}\u0000${method}\u0000${url}\u0000${userId}\u0000${address}`

/**
 * Tokens by HMAC-SHA-256 (RFC 2104) over all parts of a call. Repeated calls reuse the token for a while, and a verified token
 * is cached, so that most calls cost no HMAC on either side. A token is valid for its call alone and until it expires, however
 * often it is sent.
 * @param secret 32 bytes, the same in all processes of this Agora
 * @param clock ms since 1970; the clocks of processes may differ by less than `lifetime` minus `reuse`
 */
export const internalCalls = (secret: Buffer, clock: () => number = Date.now): InternalCalls => {
  const { sign, isSigned } = signer(secret)
  const made = bounded<{ readonly token: string; readonly at: number }>(cachedTokens)
  /** Verified tokens, with the call of each. */
  const good = bounded<string>(cachedTokens)
  const partsOf = (expires: string, call: InternalCall) =>
    [expires, call.audience, call.method, call.url, call.userId, call.address] as const
  return {
    tokenFor: (call) => {
      const key = textOf(call)
      const now = clock()
      const before = made.get(key)
      if (before && now >= before.at && now - before.at < reuse) return before.token
      const expires = String(now + lifetime)
      const token = `${expires}.${sign(...partsOf(expires, call))}`
      if (key.length <= longest) made.set(key, { token, at: now })
      return token
    },
    isGood: (token, call) => {
      const dot = token.indexOf('.')
      const expires = token.slice(0, Math.max(0, dot))
      if (!/^\d{1,16}$/.test(expires)) return false
      const left = Number(expires) - clock()
      // An expiry beyond the lifetime of any token comes from a wrong clock.
      if (left <= 0 || left > 2 * lifetime) return false
      const key = textOf(call)
      if (good.get(token) === key) return true
      if (!isSigned(token.slice(dot + 1), ...partsOf(expires, call))) return false
      if (key.length <= longest) good.set(token, key)
      return true
    },
  }
}
