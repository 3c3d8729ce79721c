import { timingSafeEqual } from 'node:crypto'
import { derivedId, digest, isRefusal, type CommandOf } from '#kernel'
import { signer } from '../../../platform/security/signed-text.ts'
import type { Executed, Origin } from '../../../runtime/execution.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'
import { invalid, Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { SessionId, type Role } from '../../shared/index.ts'
import {
  serviceAccount,
  validSecrets,
  type ServiceAccountId,
  type ServiceAccountState,
} from '../language.ts'

/** Prefix of secrets, by which programs that look for leaked secrets find them. */
const secretPrefix = 'agsvc_'

/**
 * Returns a secret: `agsvc_` and 32 bytes in base64url. It derives from the secret of this Agora, so that a repeated request
 * gets the same; it is verified by its hash, so that it outlives a change of that secret.
 * @param number number of the secret, from 1
 */
export const serviceSecretOf = (
  { keys }: Pick<Ports, 'keys'>,
  id: ServiceAccountId,
  number: number,
): string => `${secretPrefix}${signer(keys.secretFor('service-accounts')).sign(id, String(number))}`

/**
 * Returns the number of a secret, if it is valid now.
 * @param now ISO 8601
 */
export const numberOfSecret = (
  state: ServiceAccountState,
  secret: string,
  now: string,
): number | undefined => {
  const given = Buffer.from(digest(secret))
  return validSecrets(state, now).find(({ hash }) => {
    const known = Buffer.from(hash)
    return known.length === given.length && timingSafeEqual(known, given)
  })?.number
}

/** Returns the id that stands for a session in the tokens of a service account: it has none. */
export const noSessionOf = (id: ServiceAccountId): SessionId =>
  derivedId(SessionId, id, 'service account')

/**
 * Operations that may be granted: those for signed-in callers, without secrets. Those of this context are left out, so that no
 * service account widens its own rights, or those of a user.
 */
const grantable = oncePerPorts(
  ({ declaredOperations }: Pick<Ports, 'declaredOperations'>) =>
    new Map(
      declaredOperations
        .filter(
          ({ context, access, hasSecrets }) =>
            context !== 'identity' && access !== 'public' && access !== 'internal' && !hasSecrets,
        )
        .map(({ operationId, access }) => [operationId, access]),
    ),
)

/** @throws Problem 400 for an operation that may not be granted, or that the roles do not admit to */
export const mustBeGrantable = (
  {
    roles,
    operations,
  }: { readonly roles: readonly Role[]; readonly operations: readonly string[] },
  ports: Ports,
): void => {
  const accesses = grantable(ports)
  for (const [place, name] of operations.entries()) {
    const access = accesses.get(name)
    if (access === undefined)
      throw invalid(
        `operations[${place}]`,
        'must be an operation for signed-in callers, without secrets, and not of accounts or sign-in; /docs lists them',
      )
    if (access !== 'user' && !roles.some((role) => role === access || role === 'admin'))
      throw invalid(`operations[${place}]`, `needs the role ${access}, which roles must name`)
  }
}

/** Sends a command to a service account. @throws Problem */
export const sentToService = async (
  { executor }: Pick<Ports, 'executor'>,
  id: ServiceAccountId,
  command: CommandOf<typeof serviceAccount>,
  origin: Origin,
  expecting: { readonly expectedRevision?: number } = {},
): Promise<Executed<typeof serviceAccount>> => {
  const answer = await executor.execute(serviceAccount, id, command, origin, expecting)
  if (isRefusal(answer)) throw refusalProblem(serviceAccount, answer)
  return answer
}

/** The answer to a wrong secret: the same one whether the account is unknown, was revoked, or has another secret. */
export const wrongSecret = (): Problem =>
  new Problem(
    401,
    'invalid_credentials',
    'Id and secret are not those of a service account; check both, and whether it was revoked.',
  )
