import { signer } from './signed-text.ts'

/** One call from a process of Agora to another one, as both of them see it. */
export type InternalCall = {
  /** Who is called: an instance, by its id or, where nothing else is known of it, its URL; or `registry`. */
  readonly audience: string
  readonly method: string
  /** Path and query, as on the wire. */
  readonly url: string
  /** The user on whose behalf it is made; empty when there is none. */
  readonly userId: string
  /** The address that the call came from in the first place; empty when there is none. */
  readonly address: string
}

/** Signs calls between processes, so that none answers to anybody else. */
export type InternalCalls = {
  /** A token that is good for this call only, for as long as one lives. */
  readonly tokenFor: (call: InternalCall) => string
  /** Whether a token was made for this call, not long ago, by one of our processes. */
  readonly isGood: (token: string, call: InternalCall) => boolean
}

/** The header that a token is sent in. */
export const internalHeader = 'x-agora-internal'

/** Calls to the registry are for whichever process serves it. */
export const registryAudience = 'registry'

/** How long a token is good for, in ms; clocks of machines may be so far apart. */
const lifetime = 30_000

/** How long after it was made a token is sent again for the same call, in ms. */
const reuse = 5_000

/** At most about twice so many tokens are remembered, by each side. */
const remembered = 5_000

/** A map that forgets: what was set before the last `most` entries at the least is there, and never twice as much. */
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

/** Longer calls than this, in characters, are not remembered: clients choose their URLs. */
const longest = 512

/** A call as one text. No header and no URL has a U+0000. */
const textOf = ({ audience, method, url, userId, address }: InternalCall): string =>
  `${audience}\u0000${method}\u0000${url}\u0000${userId}\u0000${address}`

/**
 * Tokens by HMAC-SHA-256 (RFC 2104) over everything that a call is. The same call within moments is sent with the same
 * token, and a token that was found good is known again, so that most calls cost no HMAC on either side: a token is good
 * for its call alone and until it expires, however often it is sent.
 * @param secret 32 bytes that all processes of this Agora know
 * @param clock ms since 1970, the same one in all processes; they may differ by less than `lifetime` less `reuse`
 */
export const internalCalls = (secret: Buffer, clock: () => number = Date.now): InternalCalls => {
  const { sign, isSigned } = signer(secret)
  const made = bounded<{ readonly token: string; readonly at: number }>(remembered)
  /** The call that each good token was made for. */
  const good = bounded<string>(remembered)
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
      // One that lives longer than any is a clock gone wrong.
      if (left <= 0 || left > 2 * lifetime) return false
      const key = textOf(call)
      if (good.get(token) === key) return true
      if (!isSigned(token.slice(dot + 1), ...partsOf(expires, call))) return false
      if (key.length <= longest) good.set(token, key)
      return true
    },
  }
}
