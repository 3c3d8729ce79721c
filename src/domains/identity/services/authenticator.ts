import { Compile } from 'typebox/compile'
import { asId, derivedId, firstUse } from '#kernel'
import { account, serviceAccount, ServiceAccountId, session, validSecrets } from '../language.ts'
import { SessionId, UserId } from '../../shared/index.ts'
import type { Authenticating, Authenticator } from '../../../serving/authenticator.ts'
import type { Caller } from '../../../serving/caller.ts'
import { Problem } from '../../../serving/problem.ts'
import { followRevocations, roleTaken, sessionEnded } from './revocations.ts'

/**
 * Returns whether a session is valid in the current era of its account.
 * @param kept era of the account, and the session of an earlier era that stays valid
 */
export const isOfThisEra = (
  kept: { readonly era: number; readonly keptSessionId?: string | undefined },
  { era, sessionId }: { readonly era: number; readonly sessionId: string },
): boolean => era >= kept.era || sessionId === kept.keptSessionId

/** Returns whether all roles of a token are among these; a role granted since comes with the next token. */
const hasNoneBut = (caller: Pick<Caller, 'roles'>, roles: readonly string[]): boolean =>
  caller.roles.every((role) => roles.includes(role))

const id = firstUse(() => Compile(UserId))

/** Validity of a caller that another process has named, in s: every request names the caller anew. */
const namedFor = 60

/** Authenticates callers by their tokens and accounts, and follows the log for revocations. */
export const authenticator = ({
  tokens: { verify },
  executor: { stateOf },
  feed,
  clock,
  ttl,
  onError,
}: Authenticating): Authenticator => {
  const { problemWith, onChange, close } = followRevocations({ feed, ttl, onError })
  /** Callers whose tokens were checked against the log; later revocations are followed. */
  const met = new WeakSet<Caller>()

  const meet = async (caller: Caller): Promise<Caller> => {
    // The cached state cannot be older than the process, which follows every revocation since its start.
    const [{ state: opened }, { state: owner }] = await Promise.all([
      stateOf(session, caller.sessionId, { enough: ({ status }) => status === 'open' }),
      stateOf(account, caller.id, {
        enough: (kept) =>
          kept.status === 'active' && isOfThisEra(kept, caller) && hasNoneBut(caller, kept.roles),
      }),
    ])
    if (opened.status !== 'open' || opened.userId !== caller.id) throw sessionEnded()
    if (owner.status !== 'active' || !isOfThisEra(owner, caller)) throw sessionEnded()
    if (!hasNoneBut(caller, owner.roles)) throw roleTaken()
    const problem = problemWith(caller)
    if (problem) throw problem
    met.add(caller)
    return caller
  }

  /** A service account has its present rights: the log is asked at each request, so that a revocation ends it at once. */
  const meetService = async (caller: Caller, secretNumber: number): Promise<Caller> => {
    const { state } = await stateOf(serviceAccount, asId(ServiceAccountId, caller.id))
    const valid = validSecrets(state, clock().toISOString())
    if (state.status !== 'active' || !valid.some(({ number }) => number === secretNumber))
      throw new Problem(
        401,
        'service_account_ended',
        'This service account was revoked, or its secret was replaced; get a token by a valid secret.',
      )
    const { roles, operations } = state
    return { ...caller, roles, service: { secretNumber, operations } }
  }

  return {
    problemWith,
    onChange,
    close,
    callerNamed: async (userId) => {
      const unknown = new Problem(401, 'not_signed_in', 'x-user-id names nobody who may sign in.')
      if (!id().Check(userId)) throw unknown
      const { state } = await stateOf(account, userId)
      if (state.status !== 'active') throw unknown
      const expiresAt = Math.floor(clock().getTime() / 1_000) + namedFor
      const { roles, era } = state
      const sessionId = derivedId(SessionId, userId, 'direct')
      return { id: userId, roles, era, sessionId, expiresAt }
    },
    callerOf: (token) => {
      const caller = verify(token)
      if (caller.service) return meetService(caller, caller.service.secretNumber)
      const problem = problemWith(caller)
      if (problem) throw problem
      return met.has(caller) ? caller : meet(caller)
    },
    knownCallerOf: (token) => {
      try {
        const caller = verify(token)
        return met.has(caller) && !problemWith(caller) ? caller : undefined
      } catch {
        return undefined
      }
    },
  }
}
