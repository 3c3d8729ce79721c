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

/**
 * Tokens by HMAC-SHA-256 (RFC 2104) over everything that a call is.
 * @param secret 32 bytes that all processes of this Agora know
 * @param clock ms since 1970, the same one in all processes; they may differ by less than `lifetime`
 */
export const internalCalls = (secret: Buffer, clock: () => number = Date.now): InternalCalls => {
  const { sign, isSigned } = signer(secret)
  const partsOf = (expires: string, call: InternalCall) =>
    [expires, call.audience, call.method, call.url, call.userId, call.address] as const
  return {
    tokenFor: (call) => {
      const expires = String(clock() + lifetime)
      return `${expires}.${sign(...partsOf(expires, call))}`
    },
    isGood: (token, call) => {
      const dot = token.indexOf('.')
      const expires = token.slice(0, Math.max(0, dot))
      if (!/^\d{1,16}$/.test(expires)) return false
      const left = Number(expires) - clock()
      // One that lives longer than any is a clock gone wrong.
      if (left <= 0 || left > 2 * lifetime) return false
      return isSigned(token.slice(dot + 1), ...partsOf(expires, call))
    },
  }
}
