import { blocks, follows, profiles } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { Look } from '../../../runtime/resting-on.ts'
import { ownsOrAdmin, type Caller } from '../../../serving/caller.ts'
import { account } from '../../identity/language.ts'
import type { UserId } from '../../shared/index.ts'
import { blockIdOf, follow, followIdOf, initially, profile } from '../language.ts'
import { isBlocked } from './contact.ts'
import { admittedBy } from './visibility.ts'

/** Whoever reads: their id and roles. */
type Reader = Pick<Caller, 'id' | 'roles'>

/**
 * Returns whether a reader may read what an author publishes: the author and admins may; others if the author's privacy
 * admits them, neither blocks the other, and the author is neither suspended nor gone.
 */
export const mayRead = async (look: Look, reader: Reader, authorId: UserId): Promise<boolean> => {
  if (ownsOrAdmin(reader, authorId)) return true
  const [author, { status }, blocked] = await Promise.all([
    look(profile, authorId),
    look(account, authorId),
    isBlocked(look, reader.id, authorId),
  ])
  if (status !== 'active' || author.status === 'deleted' || blocked) return false
  const { privacy } = author.status === 'active' ? author : initially
  if (privacy === 'public') return true
  const { follows: isFollower, accepted } = await look(follow, followIdOf(reader.id, authorId))
  return privacy === 'private' ? accepted : isFollower
}

/** Returns those of some users with whom a reader has a block, in either direction, by one query. */
const blockedAmong = async (
  readModels: Pick<ReadModels, 'find'>,
  { id }: Reader,
  others: readonly UserId[],
  minPosition?: bigint,
): Promise<ReadonlySet<UserId>> => {
  const pairs = others.flatMap((other) => [blockIdOf(id, other), blockIdOf(other, id)])
  const { documents } = await readModels.find(
    blocks,
    { where: { id: { in: pairs } }, limit: pairs.length, counted: false },
    minPosition,
  )
  return new Set(documents.flatMap(({ blockerId, blockedId }) => [blockerId, blockedId]))
}

/**
 * Returns those of some users who neither block a reader nor are blocked by the reader, by one query; all, for an admin.
 * @param minPosition blocks up to it are known
 */
export const unblockedAmong = async (
  readModels: Pick<ReadModels, 'find'>,
  reader: Reader,
  ids: readonly UserId[],
  minPosition?: bigint,
): Promise<ReadonlySet<UserId>> => {
  const others = [...new Set(ids)].filter((id) => !ownsOrAdmin(reader, id))
  if (others.length === 0) return new Set(ids)
  const blocked = await blockedAmong(readModels, reader, others, minPosition)
  return new Set(ids.filter((id) => id === reader.id || !blocked.has(id)))
}

/** Returns those of some users whom a reader follows, by one query. @param minPosition follows up to it are known */
export const followedAmong = async (
  readModels: Pick<ReadModels, 'find'>,
  { id }: Pick<Reader, 'id'>,
  others: readonly UserId[],
  minPosition?: bigint,
): Promise<ReadonlySet<UserId>> => {
  const pairs = [...new Set(others)].map((other) => followIdOf(id, other))
  const { documents } = await readModels.find(
    follows,
    { where: { id: { in: pairs } }, limit: pairs.length, counted: false },
    minPosition,
  )
  return new Set(documents.map(({ followeeId }) => followeeId))
}

/**
 * Returns those of some authors whose publications a reader may read, as `mayRead`, by three queries.
 * @param minPosition profiles, follows and blocks up to it are known
 */
export const readableAmong = async (
  readModels: Pick<ReadModels, 'find'>,
  reader: Reader,
  ids: readonly UserId[],
  minPosition?: bigint,
): Promise<ReadonlySet<UserId>> => {
  const others = [...new Set(ids)].filter((id) => !ownsOrAdmin(reader, id))
  if (others.length === 0) return new Set(ids)
  const [authors, followed, blocked] = await Promise.all([
    readModels.find(
      profiles,
      { where: { id: { in: others }, suspended: false }, limit: others.length, counted: false },
      minPosition,
    ),
    readModels.find(
      follows,
      {
        where: { id: { in: others.map((id) => followIdOf(reader.id, id)) } },
        limit: others.length,
        counted: false,
      },
      minPosition,
    ),
    blockedAmong(readModels, reader, others, minPosition),
  ])
  const admitted = admittedBy(followed.documents)
  const open = new Set(authors.documents.filter(admitted).map(({ id }) => id))
  return new Set(ids.filter((id) => ownsOrAdmin(reader, id) || (open.has(id) && !blocked.has(id))))
}

/**
 * Returns those of some readers who may read what an author publishes, as `mayRead`, by three queries.
 * @param minPosition profiles, follows and blocks up to it are known
 */
export const readersAmong = async (
  readModels: Pick<ReadModels, 'get' | 'find'>,
  readers: readonly Reader[],
  authorId: UserId,
  minPosition?: bigint,
): Promise<ReadonlySet<UserId>> => {
  const others = readers.filter((reader) => !ownsOrAdmin(reader, authorId)).map(({ id }) => id)
  const always = readers.filter((reader) => ownsOrAdmin(reader, authorId)).map(({ id }) => id)
  if (others.length === 0) return new Set(always)
  const [{ document: author }, followed, blocked] = await Promise.all([
    readModels.get(profiles, authorId, minPosition),
    readModels.find(
      follows,
      {
        where: { id: { in: others.map((id) => followIdOf(id, authorId)) } },
        limit: others.length,
        counted: false,
      },
      minPosition,
    ),
    blockedAmong(readModels, { id: authorId, roles: [] }, others, minPosition),
  ])
  if (!author || author.suspended) return new Set(always)
  const byReader = new Map(followed.documents.map((one) => [one.followerId, one]))
  const admitted = others.filter((id) => {
    const follow = byReader.get(id)
    return !blocked.has(id) && admittedBy(follow ? [follow] : [])(author)
  })
  return new Set([...always, ...admitted])
}

/** Returns those of some readers who follow an author, by one query. @param minPosition follows up to it are known */
export const followersAmong = async (
  readModels: Pick<ReadModels, 'find'>,
  readers: readonly Pick<Reader, 'id'>[],
  authorId: UserId,
  minPosition?: bigint,
): Promise<ReadonlySet<UserId>> => {
  if (readers.length === 0) return new Set()
  const pairs = readers.map(({ id }) => followIdOf(id, authorId))
  const { documents } = await readModels.find(
    follows,
    { where: { id: { in: pairs } }, limit: pairs.length, counted: false },
    minPosition,
  )
  return new Set(documents.map(({ followerId }) => followerId))
}
