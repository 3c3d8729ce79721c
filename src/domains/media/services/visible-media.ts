import type { DocumentOf } from '#kernel'
import { mediaUses, orders } from '../../../projections/index.ts'
import { gig } from '../../gigs/language.ts'
import { account } from '../../identity/language.ts'
import { initially, profile } from '../../profiles/language.ts'
import { isBlocked } from '../../profiles/services/contact.ts'
import { maySee } from '../../profiles/services/visibility.ts'
import type { Executor } from '../../../runtime/execution.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { lookAtPresent } from '../../../runtime/resting-on.ts'
import { ownsOrAdmin, type Caller } from '../../../serving/caller.ts'
import { notFound } from '../../../serving/problem.ts'
import type { GigId, MediaId, UserId } from '../../shared/index.ts'
import { media, type PresentMedia } from '../language.ts'

/** Whether a caller sees the files that a user shows: as the user's profile, and not where one of the two blocks the other. */
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

/** Ports of the look at a file. */
type LookingPorts = { readonly executor: Executor; readonly readModels: ReadModels }

/** Whether a caller is the recipient of a message with the file, or the buyer of an order that it was delivered for. */
const wasSentTo = async (
  { readModels }: LookingPorts,
  caller: Caller,
  { sentIn, orderIds }: DocumentOf<typeof mediaUses>,
): Promise<boolean> => {
  if (sentIn.some(({ recipientId }) => recipientId === caller.id)) return true
  if (orderIds.length === 0) return false
  const where = { id: { in: orderIds }, userId: caller.id }
  const { documents } = await readModels.find(orders, { where, limit: 1, counted: false })
  return documents.length > 0
}

/** Whether others than the owner see a file: something that they see refers to it. @param minPosition of the references */
const isShownTo = async (
  ports: LookingPorts,
  caller: Caller,
  { id, userId }: { readonly id: MediaId; readonly userId: UserId },
  minPosition?: bigint,
): Promise<boolean> => {
  const { document } = await ports.readModels.get(mediaUses, id, minPosition)
  if (!document) return false
  if (document.isPublic && (await maySeeMediaOf(ports.executor, caller, userId))) return true
  if (!(await wasSentTo(ports, caller, document))) return false
  const { state } = await ports.executor.stateOf(account, userId)
  return state.status === 'active'
}

/**
 * Returns a file that a caller may see: owner and admins see all, others what is ready and what a post, gig, product or profile
 * refers to that they may see, or what they were sent in a message or by a delivery.
 * @throws Problem 404 otherwise, which does not tell whether there is one
 */
export const visibleMedia = async (
  ports: LookingPorts,
  caller: Caller,
  id: MediaId,
): ReturnType<typeof storedMedia> => {
  const found = await storedMedia(ports.executor, id)
  if (ownsOrAdmin(caller, found.userId)) return found
  if (found.status !== 'ready') throw notFound('media')
  const file = { id, userId: found.userId }
  if (await isShownTo(ports, caller, file)) return found
  // The reference may have been recorded a moment ago.
  const head = await ports.readModels.reach(mediaUses, 'head')
  if (await isShownTo(ports, caller, file, head)) return found
  throw notFound('media')
}

/** Number of gigs that are looked at for a visitor: each may be a read of its stream. */
const mostLooks = 20

/**
 * Returns a file that visitors see as well: the picture of a product, or of a published gig among the latest 20 that show it.
 * @returns undefined for all other files, which does not tell whether there is one
 */
export const pictureForVisitors = async (
  { executor, readModels }: LookingPorts,
  id: MediaId,
): Promise<Awaited<ReturnType<typeof storedMedia>> | undefined> => {
  const { document } = await readModels.get(mediaUses, id)
  if (!document) return undefined
  const { productIds, gigIds } = document
  if (productIds.length === 0 && !(await isAnyPublished(executor, gigIds))) return undefined
  const found = await storedMedia(executor, id)
  await mustBeOpen(executor, found.userId)
  return found
}

const isAnyPublished = async (
  executor: Pick<Executor, 'stateOf'>,
  gigIds: readonly GigId[],
): Promise<boolean> => {
  for (const id of gigIds.slice(-mostLooks).toReversed()) {
    const { state } = await executor.stateOf(gig, id)
    if (state.status === 'PUBLISHED') return true
  }
  return false
}
