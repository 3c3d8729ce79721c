import { account, session } from '../../domains/identity/index.ts'
import type { Executor } from '../../platform/runtime/execution.ts'
import { roleTaken, sessionEnded, type Revocations } from './revocations.ts'
import type { AccessTokens, Caller } from './tokens.ts'

/** Knows people by their tokens. */
export type People = {
  /**
   * Who carries a token. At once, except for a token that this process sees for the first time: whether it was revoked
   * before is then read from the log.
   * @throws Problem 401 (or rejects with it) when it is expired, revoked, foreign, or not ours at all
   * @throws Unavailable (or rejects with it) when that cannot be found out
   */
  readonly callerOf: (token: string) => Caller | Promise<Caller>
  /** Who carries a token that `callerOf` has found good here before, and that still is; undefined for any other. */
  readonly knownCallerOf: (token: string) => Caller | undefined
}

/**
 * Whether a session belongs to what its account allows now.
 * @param kept of the account: what it says of all its sessions at once
 */
export const isOfThisEra = (
  kept: { readonly era: number; readonly keptSessionId?: string | undefined },
  { era, sessionId }: { readonly era: number; readonly sessionId: string },
): boolean => era >= kept.era || sessionId === kept.keptSessionId

/** Whether a token speaks of no role but these: one that was given since, the next token speaks of. */
const hasNoneBut = (caller: Pick<Caller, 'roles'>, roles: readonly string[]): boolean =>
  caller.roles.every((role) => roles.includes(role))

/** Tells who carries a token, and that it is good still. */
export const people = (
  { verify }: Pick<AccessTokens, 'verify'>,
  { problemWith }: Pick<Revocations, 'problemWith'>,
  { stateOf }: Pick<Executor, 'stateOf'>,
): People => {
  /** Callers whose tokens were looked after; what happens to them later is heard of. */
  const met = new WeakSet<Caller>()

  const meet = async (caller: Caller): Promise<Caller> => {
    // What this process has kept cannot be older than the process, which hears of every end since its start.
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

  return {
    callerOf: (token) => {
      const caller = verify(token)
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
