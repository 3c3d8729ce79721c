import { asId, type Projection } from '#kernel'
import { accounts, orders, profiles, sessions } from '../../../projections/index.ts'
import type { Condition } from '../../../platform/storage/documents/port.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { UserId } from '../../shared/index.ts'
import type { Segment } from '../promotion.ts'

type ReadModels = Pick<JobPorts['readModels'], 'find'>

/** Number of documents per query. */
const atOnce = 500

/** Returns the users of those of a page that a read model has a document of. */
const usersWith = async <D extends { readonly id: string }>(
  readModels: ReadModels,
  projection: Projection<D>,
  where: Readonly<Record<string, Condition>>,
  userOf: (document: D) => string,
): Promise<ReadonlySet<string>> => {
  const found = new Set<string>()
  for (let after = ''; ;) {
    const { documents } = await readModels.find(projection, {
      where: { ...where, id: { ...(typeof where.id === 'object' && where.id), gt: after } },
      sort: ['id'],
      limit: atOnce,
      counted: false,
    })
    for (const document of documents) found.add(userOf(document))
    if (documents.length < atOnce) return found
    after = documents.at(-1)!.id
  }
}

/** Users of a segment, in order of their ids. */
export type AudiencePage = {
  readonly userIds: readonly UserId[]
  /** Id after which the next page begins; undefined when this is the last one. */
  readonly next: UserId | undefined
}

/**
 * Reads a part of a segment: users who agreed to advertisements, in order of their ids. However long the segment is, one
 * page of it is in memory.
 * @param after id after which it begins; undefined for the beginning
 * @param limit most users that are looked at; fewer may be in the segment
 */
export const audiencePage = async (
  readModels: ReadModels,
  { role, activeSince, country }: Segment,
  after: UserId | undefined,
  limit: number,
): Promise<AudiencePage> => {
  const { documents } = await readModels.find(profiles, {
    where: { 'preferences.marketing': true, suspended: false, id: { gt: after ?? '' } },
    sort: ['id'],
    limit,
    counted: false,
  })
  const ids = documents.map(({ id }) => id)
  const ofPage = { in: ids }
  const narrowed: ReadonlySet<string>[] = []
  if (ids.length > 0) {
    if (role !== undefined) {
      const query = { where: { id: ofPage, roleNames: { contains: role } }, limit, counted: false }
      const { documents: holders } = await readModels.find(accounts, query)
      narrowed.push(
        new Set(holders.filter(({ roles }) => roles.includes(role)).map(({ id }) => id)),
      )
    }
    if (activeSince !== undefined) {
      const where = { userId: ofPage, refreshedAt: { gte: activeSince } }
      narrowed.push(await usersWith(readModels, sessions, where, ({ userId }) => userId))
    }
    if (country !== undefined) {
      const where = { userId: ofPage, 'shippingAddress.country': country }
      narrowed.push(await usersWith(readModels, orders, where, ({ userId }) => userId))
    }
  }
  const last = ids.at(-1)
  return {
    userIds: ids.filter((id) => narrowed.every((set) => set.has(id))).map((id) => asId(UserId, id)),
    next: last !== undefined && documents.length >= limit ? asId(UserId, last) : undefined,
  }
}

/** Counts the users of a segment. */
export const audienceSize = async (readModels: ReadModels, segment: Segment): Promise<number> => {
  let count = 0
  for (let after: UserId | undefined; ;) {
    const { userIds, next }: AudiencePage = await audiencePage(readModels, segment, after, atOnce)
    count += userIds.length
    if (next === undefined) return count
    after = next
  }
}
