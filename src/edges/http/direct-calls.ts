import type { FastifyRequest } from 'fastify'
import type { Authenticator } from '../../serving/authenticator.ts'
import type { Caller } from '../../serving/caller.ts'
import type { Processes } from '../../serving/processes.ts'

/** The caller that a request names; undefined when it names nobody. */
export type NamedCaller = (request: FastifyRequest) => Promise<Caller> | undefined

/**
 * For development: a process that answers everybody without a gateway (`AGORA_DIRECT_CALLS`), and is reached from this
 * machine only, believes the header `x-user-id`, with the roles of that account. Everywhere else the header says nothing.
 * @returns rejects with Problem 401 when there is no such account, or it may not be used
 */
export const namedCallers =
  (
    processes: Pick<Processes, 'believesUserIds'>,
    { callerNamed }: Pick<Authenticator, 'callerNamed'>,
  ): NamedCaller =>
  ({ headers: { 'x-user-id': name } }) =>
    processes.believesUserIds === true && typeof name === 'string' ? callerNamed(name) : undefined
