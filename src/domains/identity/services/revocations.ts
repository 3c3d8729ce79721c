import type { RecordedEvent } from '#kernel'
import type { EventOf } from '#kernel'
import { account, session } from '../language.ts'
import type { SessionId, UserId, Role } from '../../shared/index.ts'
import { followFeed } from '../../../runtime/follow-feed.ts'
import { Problem } from '../../../serving/problem.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { EventFeed } from '../../../serving/event-feed.ts'

/** Revocations of tokens since they were issued. */
export type Revocations = {
  /** Returns why a token is revoked, as far as this process has followed the log; undefined when it is valid. */
  readonly problemWith: (caller: Caller) => Problem | undefined
  /** Calls a listener with every user whose tokens may have changed. @returns function that unsubscribes */
  readonly onChange: (listener: (userId: UserId) => void) => () => void
  readonly close: () => Promise<void>
}

/** Recent changes of an account that its tokens must agree with. */
type Changed = {
  readonly until: number
  readonly era: number
  readonly keptSessionId: SessionId | undefined
  readonly isBarred: boolean
  readonly roles: ReadonlyMap<Role, boolean>
}

/** Returns the answer for a session that has ended. */
export const sessionEnded = (): Problem =>
  new Problem(401, 'session_ended', 'This session has ended; sign in again.')

/** Returns the answer for a token with a revoked role; a new token does not have it. */
export const roleTaken = (): Problem =>
  new Problem(
    401,
    'token_expired',
    'You have lost a role since this token was issued; get a new one at /auth/refresh.',
  )

/** Greatest difference between clocks, in ms. */
const leeway = 60_000

/** Events that end sessions, or change the roles of tokens. */
const types = [
  'UserLoggedOut',
  'SessionRevoked',
  'SessionsEnded',
  'AccountSuspended',
  'AccountResumed',
  'AccountClosed',
  'RoleGranted',
  'RoleRevoked',
] as const

type Heard = Extract<EventOf<typeof account | typeof session>, { type: (typeof types)[number] }>
const isHeard = (event: RecordedEvent): event is RecordedEvent & Heard =>
  types.some((type) => type === event.type)

/**
 * Follows the log from its head, so that this process learns of revocations by all processes within moments. Earlier
 * revocations are checked when a token is first seen. Entries are stored for the lifetime of a token.
 * @param options.ttl lifetime of an access token, in s
 * @param options.onError called with every failure that it recovers from
 */
export const followRevocations = ({
  feed,
  ttl,
  onError,
}: {
  readonly feed: EventFeed
  readonly ttl: number
  readonly onError: (error: unknown) => void
}): Revocations => {
  const ended = new Map<SessionId, number>()
  const changed = new Map<UserId, Changed>()
  const listeners = new Set<(userId: UserId) => void>()
  const stop = new AbortController()

  // Monotonic: a clock that is set forward must not expire entries early.
  const untilOf = () => performance.now() + ttl * 1_000 + leeway

  /** Drops expired entries; they are ordered by expiry. */
  const drop = (now: number): void => {
    for (const [id, until] of ended) {
      if (until > now) break
      ended.delete(id)
    }
    for (const [id, { until }] of changed) {
      if (until > now) break
      changed.delete(id)
    }
  }

  const change = (userId: UserId, what: (before: Changed) => Partial<Changed>): UserId => {
    const until = untilOf()
    const before = changed.get(userId) ?? {
      until,
      era: 0,
      keptSessionId: undefined,
      isBarred: false,
      roles: new Map(),
    }
    changed.delete(userId)
    changed.set(userId, { ...before, ...what(before), until })
    return userId
  }

  const take = (event: Heard): UserId => {
    switch (event.type) {
      case 'UserLoggedOut':
      case 'SessionRevoked':
        ended.set(event.id, untilOf())
        return event.data.userId
      case 'SessionsEnded': {
        const { era, keptSessionId } = event.data
        return change(event.id, () => ({ era, keptSessionId }))
      }
      case 'AccountSuspended':
      case 'AccountClosed':
        return change(event.id, () => ({ isBarred: true }))
      case 'AccountResumed':
        return change(event.id, () => ({ isBarred: false }))
      case 'RoleGranted':
      case 'RoleRevoked': {
        const { role } = event.data
        const has = event.type === 'RoleGranted'
        return change(event.id, ({ roles }) => ({ roles: new Map(roles).set(role, has) }))
      }
    }
  }

  const running = followFeed(feed, feed.head(), {
    types,
    signal: stop.signal,
    take: ({ events }) => {
      const concerned = new Set(events.filter(isHeard).map(take))
      drop(performance.now())
      for (const userId of concerned)
        for (const listener of listeners)
          try {
            listener(userId)
          } catch (error) {
            // The slice would be read again for ever, and no later revocation be learnt of.
            onError(error)
          }
    },
    onError,
  })

  return {
    problemWith: ({ id, sessionId, era, roles }) => {
      if (ended.has(sessionId)) return sessionEnded()
      const user = changed.get(id)
      if (!user) return undefined
      if (user.isBarred || (era < user.era && sessionId !== user.keptSessionId))
        return sessionEnded()
      for (const role of roles) if (user.roles.get(role) === false) return roleTaken()
      return undefined
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: async () => {
      stop.abort()
      await running
    },
  }
}
