import { createHmac, randomBytes } from 'node:crypto'
import { status, type Metadata } from '@grpc/grpc-js'
import { CallRefused, unauthenticated } from './call-refused.ts'

/** What somebody who calls may. */
export type Caller = {
  /** Sees events as they were recorded; others see them without secrets and persons. */
  readonly seesAll: boolean
  readonly mayAppend: boolean
}

/**
 * Who somebody with a name and a password is; undefined when the two do not belong together.
 * @param address where they call from
 */
export type Authenticate = (
  name: string,
  password: string,
  address: string,
) => Promise<'analyst' | 'admin' | undefined>

/**
 * What a right password rests on, as a text that changes when it may have become wrong: the password, the roles, a
 * suspension. It has to cost much less than checking the password.
 */
export type StandingOf = (name: string) => Promise<string>

type Credentials = { readonly name: string; readonly password: string }

/** Name and password of a header `Basic <base64 of name:password>` (RFC 7617). */
const basicOf = (header: string): Credentials | undefined => {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1]
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 1 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** `127.0.0.1` of `127.0.0.1:50312`, `::1` of `[::1]:50312` or `::1:50312`. */
const addressOf = (peer: string): string => peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')

/** Passwords cost tens of ms of a core each: so many are checked at once, and so many may wait for that. */
const most = { atOnce: 2, waiting: 64 }

/** For so long is a password that was right not checked again, in ms. */
const remembered = 60_000

/**
 * Checks passwords so that neither a busy client nor one who guesses wears the process out: what was right is
 * remembered for a minute (as a hash under a key of this process) as long as the account stands as it did, and few are
 * checked at once.
 * @param authenticate checks a name and a password
 * @param options.standingOf asked with every call; left out, what was right stays right for the minute
 * @param options.clock ms, monotonic: a clock that is set back must not make a password good for longer
 */
export const sparingly = (
  authenticate: Authenticate,
  {
    standingOf,
    clock = () => performance.now(),
  }: { readonly standingOf?: StandingOf; readonly clock?: () => number } = {},
): Authenticate => {
  const key = randomBytes(32)
  type Answer = Awaited<ReturnType<Authenticate>>
  const known = new Map<
    string,
    { readonly answer: Answer; readonly standing: string | undefined; readonly until: number }
  >()
  const underWay = new Map<string, Promise<Answer>>()
  const queue: (() => void)[] = []
  let busy = 0

  const taken = async <T>(work: () => Promise<T>): Promise<T> => {
    if (busy >= most.atOnce) {
      if (queue.length >= most.waiting)
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
      // Whoever is next takes the place over.
      if (next) next()
      else busy -= 1
    }
  }

  const check = async (id: string, ...who: Parameters<Authenticate>): Promise<Answer> => {
    try {
      // Before the password is checked: a change that comes meanwhile makes the answer one of before.
      const standing = standingOf && (await standingOf(who[0]))
      const answer = await taken(() => authenticate(...who))
      // Behind the others: they are in the order of their ends.
      known.delete(id)
      if (answer) known.set(id, { answer, standing, until: clock() + remembered })
      return answer
    } finally {
      underWay.delete(id)
    }
  }

  return async (name, password, address) => {
    const id = createHmac('sha256', key)
      .update(JSON.stringify([name, password]))
      .digest('base64')
    const now = clock()
    for (const [old, { until }] of known) {
      // Oldest first: those behind it are fresher.
      if (until > now) break
      known.delete(old)
    }
    const found = known.get(id)
    if (found && found.standing === (standingOf && (await standingOf(name)))) return found.answer
    const checking = underWay.get(id) ?? check(id, name, password, address)
    underWay.set(id, checking)
    return checking
  }
}

/**
 * Finds out what a caller may, who sends credentials with every call. Only admins see everything and append, and only
 * where the endpoint is writable.
 */
export const knownCallers = (
  authenticate: Authenticate,
  { writable, standingOf }: { readonly writable: boolean; readonly standingOf?: StandingOf },
): ((metadata: Metadata, peer: string) => Promise<Caller>) => {
  const check = sparingly(authenticate, { ...(standingOf && { standingOf }) })
  return async (metadata, peer) => {
    const credentials = basicOf(String(metadata.get('authorization')[0] ?? ''))
    if (!credentials)
      throw unauthenticated('Send Basic credentials of an analyst or admin with every call')
    const role = await check(credentials.name, credentials.password, addressOf(peer))
    if (!role) throw unauthenticated('Name and password do not belong to an analyst or admin')
    const full = writable && role === 'admin'
    return { seesAll: full, mayAppend: full }
  }
}
