import { account } from '../../identity/language.ts'
import { initially, profile } from '../../profiles/language.ts'
import { isBlocked } from '../../profiles/services/contact.ts'
import { maySee } from '../../profiles/services/visibility.ts'
import type { Executor } from '../../../runtime/execution.ts'
import { lookAtPresent } from '../../../runtime/resting-on.ts'
import { ownsOrAdmin, type Caller } from '../../../serving/caller.ts'
import { notFound } from '../../../serving/problem.ts'
import type { MediaId, UserId } from '../../shared/index.ts'
import { media, type PresentMedia } from '../language.ts'

/** Whether a caller sees the files of a user: as the user's profile, and not where one of the two blocks the other. */
export const maySeeMediaOf = async (
  executor: Executor,
  caller: Caller,
  ownerId: UserId,
): Promise<boolean> => {
  if (ownsOrAdmin(caller, ownerId)) return true
  const { state: person } = await executor.stateOf(account, ownerId)
  const { state: said } = await executor.stateOf(profile, ownerId)
  if (person.status === 'new' || person.status === 'closed' || said.status === 'deleted')
    return false
  if (await isBlocked(lookAtPresent(executor), caller.id, ownerId)) return false
  const { privacy } = said.status === 'active' ? said : initially
  return maySee(executor, caller, {
    id: ownerId,
    privacy,
    suspended: person.status === 'suspended',
  })
}

/**
 * Refuses files of users who are suspended, or have left.
 * @throws Problem 404
 */
export const mustBeOpen = async (
  executor: Pick<Executor, 'stateOf'>,
  ownerId: UserId,
): Promise<void> => {
  const { state } = await executor.stateOf(account, ownerId)
  if (state.status !== 'active') throw notFound('media')
}

/** Returns a file that is ready or still worked on. @throws Problem 404 when there is none, or it is deleted */
export const storedMedia = async (
  executor: Pick<Executor, 'stateOf'>,
  id: MediaId,
): Promise<PresentMedia & { readonly position: bigint }> => {
  const { state, position } = await executor.stateOf(media, id)
  if (state.status === 'none' || state.status === 'deleted') throw notFound('media')
  return { ...state, position }
}

/**
 * Returns a file that a caller may see; one that is not ready is seen by its owner and admins only.
 * @throws Problem 404 otherwise, which does not tell whether there is one
 */
export const visibleMedia = async (
  executor: Executor,
  caller: Caller,
  id: MediaId,
): ReturnType<typeof storedMedia> => {
  const found = await storedMedia(executor, id)
  if (found.status !== 'ready' && !ownsOrAdmin(caller, found.userId)) throw notFound('media')
  if (!(await maySeeMediaOf(executor, caller, found.userId))) throw notFound('media')
  return found
}
