import type { FastifyRequest } from 'fastify'
import type { Authenticator } from '../../serving/authenticator.ts'
import type { Caller } from '../../serving/caller.ts'
import type { Processes } from '../../serving/processes.ts'

/** Returns the caller that a request names; undefined when it names none. */
export type NamedCaller = (request: FastifyRequest) => Promise<Caller> | undefined

/**
 * Creates the reader of the header `x-user-id`, for development: a process that answers without a gateway
 * (`AGORA_DIRECT_CALLS`), and listens on loopback only, trusts the header, with the roles of that account. All other
 * processes ignore it.
 * @returns a function that rejects with Problem 401 when there is no such account, or it is suspended or closed
 */
export const namedCallers =
  (
    processes: Pick<Processes, 'believesUserIds'>,
    { callerNamed }: Pick<Authenticator, 'callerNamed'>,
  ): NamedCaller =>
  ({ headers: { 'x-user-id': name } }) =>
    processes.believesUserIds === true && typeof name === 'string' ? callerNamed(name) : undefined
