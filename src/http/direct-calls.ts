import type { FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { firstUse, derivedId } from '#kernel'
import { account } from '../domains/identity/index.ts'
import { SessionId, UserId } from '../domains/shared/index.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import { Problem } from './problem.ts'
import type { Processes } from './processes.ts'
import type { Caller } from './callers/tokens.ts'

/** Tells whom a request names as its caller; undefined when it names nobody. */
export type NamedCaller = (request: FastifyRequest) => Promise<Caller> | undefined

const id = firstUse(() => Compile(UserId))

/** How long somebody is taken at their word, in s: they say it anew each time. */
const taken = 60

/**
 * For development: a process that answers everybody without a gateway (`AGORA_DIRECT_CALLS`), and is reached from this
 * machine only, believes who calls that they are whom `x-user-id` names, with the roles of that account. Everywhere else the header says nothing.
 * @param clock the one that access tokens are checked by
 * @returns throws (or rejects with) Problem 401 when there is no such account, or it may not be used
 */
export const namedCallers =
  (
    processes: Pick<Processes, 'believesUserIds'> | undefined,
    { stateOf }: Pick<Executor, 'stateOf'>,
    clock: () => Date,
  ): NamedCaller =>
  ({ headers: { 'x-user-id': name } }) => {
    if (processes?.believesUserIds !== true || name === undefined) return undefined
    const unknown = new Problem(401, 'not_signed_in', 'x-user-id names nobody who may sign in.')
    if (!id().Check(name)) throw unknown
    return stateOf(account, name).then(({ state }) => {
      if (state.status !== 'active') throw unknown
      const expiresAt = Math.floor(clock().getTime() / 1_000) + taken
      const { roles, era } = state
      return { id: name, roles, era, sessionId: derivedId(SessionId, name, 'direct'), expiresAt }
    })
  }
