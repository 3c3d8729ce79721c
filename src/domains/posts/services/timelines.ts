import type { DocumentOf } from '#kernel'
import { feed, homeOf, placeAt, posts, postsOf } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { Caller } from '../../../serving/caller.ts'
import { followedAmong, readableAmong } from '../../profiles/services/reading-rights.ts'
import type { PostId, UserId } from '../../shared/index.ts'

/** A post in the timelines of a reader. */
type Entry = { readonly postId: PostId; readonly authorId: UserId; readonly place: string }

/** A post of a feed, with its place. */
export type FeedPost = { readonly document: DocumentOf<typeof posts>; readonly place: string }

/** A part of a feed, and how fresh it is. */
export type FeedPart = {
  readonly posts: readonly FeedPost[]
  /** Place of the last post that was looked at; undefined at the end of the feed. */
  readonly goesOn?: string
  readonly position: bigint
}

/** Most authors whose timelines are merged with those of a reader. */
const mostMerged = 1_000

/** Most timelines that are read at once for one reader, as the connections of the database are few. */
const mostAtOnce = 8

/** Most reads for one part, where a reader may not see most of what is found. */
const mostReads = 20

/** A range of places, and the direction in which it is read. */
type Range =
  | { readonly before?: string | undefined }
  | { readonly after: string; readonly upTo: string }

const conditionOf = (range: Range, since: string | undefined) => {
  if ('after' in range)
    return {
      ...(since !== undefined && since > range.after ? { gte: since } : { gt: range.after }),
      lte: range.upTo,
    }
  return {
    ...(since !== undefined && { gte: since }),
    ...(range.before !== undefined && { lt: range.before }),
  }
}

/** Smallest of some positions. @param positions at least one */
const least = (positions: readonly bigint[]): bigint =>
  positions.reduce((one, other) => (one < other ? one : other))

/**
 * Reads the timelines of a reader: the home timeline, the own posts, and those of the followed authors whose posts are not
 * written into home timelines. The cost follows from the number of such authors, not of all that are followed.
 * @param limit most entries that are returned
 */
const entriesIn = async (
  readModels: Pick<ReadModels, 'find'>,
  readerId: UserId,
  { limit, minPosition, ...range }: Range & { limit: number; minPosition?: bigint | undefined },
) => {
  const order = 'after' in range ? 1 : -1
  /** The first of some entries. A post may be both in the home timeline and in a merged one. */
  const firstOf = (entries: readonly Entry[]): readonly Entry[] =>
    entries
      .toSorted((one, other) => (one.place < other.place ? -order : order))
      .filter(({ place }, nth, sorted) => place !== sorted[nth - 1]?.place)
      .slice(0, limit)
  const timeline = async (name: string, since?: string) => {
    const place = conditionOf(range, since)
    const { documents, position } = await readModels.find(
      feed,
      {
        where: { timeline: name, ...(Object.keys(place).length > 0 && { place }) },
        sort: ['after' in range ? 'place' : '-place'],
        limit,
        counted: false,
      },
      minPosition,
    )
    const entries = documents.flatMap(({ postId, authorId, place: at }): Entry[] =>
      postId !== undefined && at !== undefined ? [{ postId, authorId, place: at }] : [],
    )
    return { entries, position }
  }
  const [home, own, { documents: merged, position }] = await Promise.all([
    timeline(homeOf(readerId)),
    timeline(postsOf(readerId)),
    readModels.find(
      feed,
      { where: { readerId }, sort: ['id'], limit: mostMerged, counted: false },
      minPosition,
    ),
  ])
  let entries = firstOf([...home.entries, ...own.entries])
  const positions = [home.position, own.position, position]
  for (let nth = 0; nth < merged.length; nth += mostAtOnce) {
    const some = merged.slice(nth, nth + mostAtOnce)
    const found = await Promise.all(
      some.map(({ authorId, since }) => timeline(postsOf(authorId), since)),
    )
    entries = firstOf([...entries, ...found.flatMap((one) => one.entries)])
    positions.push(...found.map((one) => one.position))
  }
  return { entries, position: least(positions) }
}

/** Returns those of some entries whose authors are the reader, or are followed and may be read by the reader. */
const admittedAmong = async (
  readModels: Pick<ReadModels, 'find'>,
  reader: Pick<Caller, 'id' | 'roles'>,
  entries: readonly Entry[],
  minPosition: bigint | undefined,
): Promise<readonly Entry[]> => {
  if (entries.length === 0) return []
  const authors = entries.map(({ authorId }) => authorId)
  const [readable, followed] = await Promise.all([
    readableAmong(readModels, reader, authors, minPosition),
    followedAmong(readModels, reader, authors, minPosition),
  ])
  return entries.filter(
    ({ authorId }) => authorId === reader.id || (followed.has(authorId) && readable.has(authorId)),
  )
}

/** Reads the posts of entries that a reader follows and may read. */
const seenOf = async (
  readModels: Pick<ReadModels, 'find'>,
  reader: Pick<Caller, 'id' | 'roles'>,
  entries: readonly Entry[],
  minPosition: bigint | undefined,
) => {
  if (entries.length === 0) return { seen: [], position: undefined }
  const ids = entries.map(({ postId }) => postId)
  const [{ documents, position }, admitted] = await Promise.all([
    readModels.find(
      posts,
      { where: { id: { in: ids } }, limit: ids.length, counted: false },
      minPosition,
    ),
    admittedAmong(readModels, reader, entries, minPosition),
  ])
  const byId = new Map(documents.map((document) => [document.id, document]))
  const seen = admitted.flatMap(({ postId, place }): FeedPost[] => {
    const document = byId.get(postId)
    return document ? [{ document, place }] : []
  })
  return { seen, position }
}

/**
 * Reads a part of the feed of a reader: the posts of followed authors as far as the reader may read them now, and the own
 * ones, the latest first. A part may be shorter than the limit, where most of what was found may not be read any more.
 * @param options.before place before which to go on
 * @param options.skip number of posts that are passed over; they are counted by their entries, and not loaded, so that an
 *   entry that is left of a deleted post counts
 * @param options.minPosition everything up to it is in the answer
 */
export const feedBefore = async (
  readModels: Pick<ReadModels, 'find'>,
  reader: Pick<Caller, 'id' | 'roles'>,
  {
    before,
    skip = 0,
    limit,
    minPosition,
  }: {
    readonly before?: string
    readonly skip?: number
    readonly limit: number
    readonly minPosition?: bigint | undefined
  },
): Promise<FeedPart> => {
  const found: FeedPost[] = []
  const positions: bigint[] = []
  let place = before
  let left = skip
  for (let nth = 0; nth < mostReads; nth += 1) {
    const isSkipping = left > 0
    const wanted = isSkipping ? left : limit - found.length
    const part = await entriesIn(readModels, reader.id, {
      before: place,
      limit: wanted,
      minPosition,
    })
    positions.push(part.position)
    if (isSkipping)
      left -= (await admittedAmong(readModels, reader, part.entries, minPosition)).length
    else {
      const { seen, position } = await seenOf(readModels, reader, part.entries, minPosition)
      positions.push(position ?? part.position)
      found.push(...seen)
    }
    if (part.entries.length < wanted) return { posts: found, position: least(positions) }
    place = part.entries.at(-1)?.place
    if (found.length === limit) break
  }
  return {
    posts: found,
    ...(place !== undefined && { goesOn: place }),
    position: least(positions),
  }
}

/**
 * Reads the posts of a feed after a position and up to another, oldest first: as many as the limit, or all. The read models
 * may be ahead of the other position by different amounts, so what comes after it is left to a later range.
 * @param range.after exclusive
 * @param range.minPosition inclusive
 * @returns `position`: that of the range; none up to it is missing, unless `goesOn` says where there are more
 */
export const feedAfter = async (
  readModels: Pick<ReadModels, 'find'>,
  reader: Pick<Caller, 'id' | 'roles'>,
  { after, limit, minPosition }: { after: bigint; limit: number; minPosition: bigint },
): Promise<FeedPart> => {
  const { entries } = await entriesIn(readModels, reader.id, {
    after: placeAt(after),
    upTo: placeAt(minPosition),
    limit,
    minPosition,
  })
  const { seen } = await seenOf(readModels, reader, entries, minPosition)
  const last = entries.length === limit ? entries.at(-1)?.place : undefined
  return { posts: seen, ...(last !== undefined && { goesOn: last }), position: minPosition }
}
