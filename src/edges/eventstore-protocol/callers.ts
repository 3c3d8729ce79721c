import { createHmac, randomBytes } from 'node:crypto'
import { status, type Metadata } from '@grpc/grpc-js'
import { CallRefused, unauthenticated } from './call-refused.ts'

/** Permissions of a caller. */
export type Caller = {
  /** Reads events as recorded; for others, secret and personal fields are masked. */
  readonly seesAll: boolean
  readonly mayAppend: boolean
  /** Name that the caller signed in with; undefined where nobody signs in. */
  readonly name?: string
  /** Whether the account has the same password, roles and status as when the caller signed in; undefined where that is not known. */
  readonly isUnchanged?: () => Promise<boolean>
}

/**
 * Verifies a name and a password; returns the caller's role, undefined for wrong credentials.
 * @param address IP address of the caller
 */
export type Authenticate = (
  name: string,
  password: string,
  address: string,
) => Promise<'analyst' | 'admin' | undefined>

/**
 * Version of an account's credentials: a text that changes with its password, its roles or a suspension, so that cached
 * authentications become invalid. It must cost much less than checking the password.
 */
export type AccountVersion = (name: string) => Promise<string>

type Answer = Awaited<ReturnType<Authenticate>>

/** The answer to credentials, and the version of the account before it. */
type Verified = { readonly answer: Answer; readonly version: string | undefined }

type Credentials = { readonly name: string; readonly password: string }

/** Returns name and password of a header `Basic <base64 of name:password>` (RFC 7617). */
const basicOf = (header: string): Credentials | undefined => {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1]
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 1 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** `127.0.0.1` of `127.0.0.1:50312`, `::1` of `[::1]:50312` or `::1:50312`. */
const addressOf = (peer: string): string => peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')

/** Maximum numbers of concurrent and of queued password checks; each check costs tens of ms of a core. */
const maxChecks = { running: 2, queued: 64 }

/** How long verified credentials are cached, in ms. */
const cacheMs = 60_000

/** Options of `cachedAuthentication`. */
type CacheOptions = {
  readonly accountVersion?: AccountVersion | undefined
  readonly clock?: () => number
}

/** Returns what `cachedAuthentication` caches. */
const cachedVerification = (
  authenticate: Authenticate,
  { accountVersion, clock = () => performance.now() }: CacheOptions,
): ((...credentials: Parameters<Authenticate>) => Promise<Verified>) => {
  const key = randomBytes(32)
  const cache = new Map<string, Verified & { readonly until: number }>()
  const running = new Map<string, Promise<Verified>>()
  const queue: (() => void)[] = []
  let busy = 0

  const limited = async <T>(work: () => Promise<T>): Promise<T> => {
    if (busy >= maxChecks.running) {
      if (queue.length >= maxChecks.queued)
        throw new CallRefused(
          status.RESOURCE_EXHAUSTED,
          'Too many passwords are being checked; try again in a second',
        )
      await new Promise<void>((resolve) => queue.push(resolve))
    } else busy += 1
    try {
      return await work()
    } finally {
      const next = queue.shift()
      // The next check takes over the slot, so that `busy` stays the same.
      if (next) next()
      else busy -= 1
    }
  }

  const check = async (id: string, ...credentials: Parameters<Authenticate>): Promise<Verified> => {
    try {
      // Read before the password is checked: a change meanwhile makes the cached answer stale.
      const version = accountVersion && (await accountVersion(credentials[0]))
      const answer = await limited(() => authenticate(...credentials))
      // Set anew at the end: the cache is in the order of expiry.
      cache.delete(id)
      if (answer) cache.set(id, { answer, version, until: clock() + cacheMs })
      return { answer, version }
    } finally {
      running.delete(id)
    }
  }

  return async (name, password, address) => {
    const id = createHmac('sha256', key)
      .update(JSON.stringify([name, password]))
      .digest('base64')
    const now = clock()
    for (const [old, { until }] of cache) {
      // In the order of expiry: the first one that is valid ends the search.
      if (until > now) break
      cache.delete(old)
    }
    const found = cache.get(id)
    if (found && found.version === (accountVersion && (await accountVersion(name)))) return found
    const checking = running.get(id) ?? check(id, name, password, address)
    running.set(id, checking)
    return checking
  }
}

/**
 * Authentication with a cache and a limit, so that neither a busy client nor guessing exhausts the CPU: verified
 * credentials are cached for a minute (as an HMAC under a key of this process) unless the account's version changes, and
 * the number of concurrent checks is limited.
 * @param authenticate checks a name and a password
 * @param options.accountVersion read with every call; without it, cached credentials stay valid for the minute
 * @param options.clock ms, monotonic: setting the system clock back must not extend the cache time
 */
export const cachedAuthentication = (
  authenticate: Authenticate,
  options: CacheOptions = {},
): Authenticate => {
  const verify = cachedVerification(authenticate, options)
  return async (...credentials) => (await verify(...credentials)).answer
}

/**
 * Resolves the permissions of a caller from the credentials of each call. Only admins read unmasked events and append,
 * and only where the endpoint is writable.
 */
export const authenticatedCallers = (
  authenticate: Authenticate,
  {
    writable,
    accountVersion,
  }: { readonly writable: boolean; readonly accountVersion?: AccountVersion },
): ((metadata: Metadata, peer: string) => Promise<Caller>) => {
  const verify = cachedVerification(authenticate, { accountVersion })
  return async (metadata, peer) => {
    const credentials = basicOf(String(metadata.get('authorization')[0] ?? ''))
    if (!credentials)
      throw unauthenticated('Send Basic credentials of an analyst or admin with every call')
    const { name, password } = credentials
    const { answer: role, version } = await verify(name, password, addressOf(peer))
    if (!role)
      throw unauthenticated('Name or password is wrong, or the account is not an analyst or admin')
    const full = writable && role === 'admin'
    const isUnchanged = accountVersion && (async () => (await accountVersion(name)) === version)
    return { seesAll: full, mayAppend: full, name, ...(isUnchanged && { isUnchanged }) }
  }
}
