import type { RecordedEvent } from '#kernel'
import type { EventOf } from '#kernel'
import { account, session } from '../language.ts'
import type { SessionId, UserId, Role } from '../../shared/index.ts'
import { followFeed } from '../../../runtime/follow-feed.ts'
import { Problem } from '../../../serving/problem.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { EventFeed } from '../../../serving/event-feed.ts'

/** What is known of tokens that were good when they were issued, and may be no longer. */
export type Revocations = {
  /** Why a token is good no longer, as far as this process has heard; undefined when it is. */
  readonly problemWith: (caller: Caller) => Problem | undefined
  /** Calls a listener with every user whose tokens may have changed. @returns ends that */
  readonly onChange: (listener: (userId: UserId) => void) => () => void
  readonly close: () => Promise<void>
}

/** What somebody's tokens have to agree with, as far as it has changed lately. */
type Changed = {
  readonly until: number
  readonly era: number
  readonly keptSessionId: SessionId | undefined
  readonly isBarred: boolean
  readonly roles: ReadonlyMap<Role, boolean>
}

/** The session has ended. */
export const sessionEnded = (): Problem =>
  new Problem(401, 'session_ended', 'This session has ended; sign in again.')

/** The token names a role that was taken away; a new one does not. */
export const roleTaken = (): Problem =>
  new Problem(
    401,
    'token_expired',
    'You have lost a role since this token was issued; get a new one at /auth/refresh.',
  )

/** Clocks may be so far apart, in ms. */
const leeway = 60_000

/** What ends sessions, or changes what their tokens may do. */
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
 * Follows the log from its present end, so that this process knows within moments whose tokens are good no longer,
 * wherever that was decided. What was decided before is for whoever sees a token for the first time to find out. What
 * is known is kept for as long as a token lives.
 * @param options.ttl how long an access token lives, in s
 * @param options.onError receives every failure it recovers from
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

  // Monotonic: a clock that is set forward must not make this process forget what still matters.
  const untilOf = () => performance.now() + ttl * 1_000 + leeway

  /** Entries are in the order of their end: the oldest are dropped as new ones come. */
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
      for (const userId of concerned) for (const listener of listeners) listener(userId)
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
