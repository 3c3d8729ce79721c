import { randomUUID } from 'node:crypto'
import { asId, derivedId } from '#kernel'
import { followIdOf, initially } from '../../src/domains/profiles/language.ts'
import { PostId, UserId } from '../../src/domains/shared/index.ts'
import { defaultFanOut } from '../../src/projections/feed.ts'
import { feed, follows, homeOf, placeAt, posts, profiles } from '../../src/projections/index.ts'
import type { Bench } from './bench.ts'
import { fill } from './fill.ts'
import type { Shop } from './shop.ts'

/** Posts of each author. */
const postsEach = 5

const some = (count: number): UserId[] =>
  Array.from({ length: count }, () => asId(UserId, randomUUID()))
const at = '2020-01-01T00:00:00.000Z'

const followOf = (followerId: UserId, followeeId: UserId) => ({
  id: followIdOf(followerId, followeeId),
  followerId,
  followeeId,
  at,
})
const entryOf = (timeline: string, authorId: UserId, postId: PostId, place: string) => ({
  id: `${timeline}:${postId}`,
  timeline,
  authorId,
  postId,
  place,
})

/**
 * Writes authors with their posts, and the timelines of readers and of others.
 * @param readers with the number of authors that each follows
 * @param entries number of entries of all others together
 */
export const fillTimelines = async (
  bench: Bench,
  { database: { database } }: Shop,
  readers: readonly { readonly id: UserId; readonly authors: number }[],
  entries: number,
): Promise<void> => {
  const authors = some(Math.max(...readers.map(({ authors: count }) => count)))
  const profileOf = (id: UserId, nth: number) => ({
    ...initially,
    id,
    username: `author${nth}`,
    suspended: false,
    followers: 0,
    following: 0,
    createdAt: at,
    updatedAt: at,
  })
  await fill(database, profiles, authors.map(profileOf))
  const written = Array.from({ length: authors.length * postsEach }, (_, nth) => ({
    id: derivedId(PostId, 'bench', String(nth)),
    userId: authors[nth % authors.length]!,
    content: `Post ${nth}`,
    mediaIds: [],
    tags: [],
    mentions: [],
    likeCount: 0,
    commentCount: 0,
    createdAt: new Date(Date.UTC(2_020, 0, 1) + nth * 1_000).toISOString(),
  }))
  await fill(database, posts, written)
  for (const { id, authors: count } of readers) {
    const chosen = new Set(authors.slice(0, count))
    await fill(
      database,
      follows,
      [...chosen].map((author) => followOf(id, author)),
    )
    const home = written.flatMap((post, nth) =>
      chosen.has(post.userId)
        ? [entryOf(homeOf(id), post.userId, post.id, placeAt(BigInt(nth)))]
        : [],
    )
    await fill(database, feed, home)
  }
  for (let done = 0; done < entries; done += written.length) {
    const [other] = some(1)
    const home = written.map((post, nth) =>
      entryOf(homeOf(other!), post.userId, post.id, placeAt(BigInt(nth))),
    )
    await fill(database, feed, home.slice(0, entries - done))
  }
  bench.progress(`${entries} entries written`)
}

/** Gives a writer followers, written to or merged. */
export const fillFollowers = async (
  { database: { database } }: Shop,
  { id }: { readonly id: UserId },
  count: number,
): Promise<void> => {
  const all = some(count)
  await fill(
    database,
    follows,
    all.map((one) => followOf(one, id)),
  )
  const isMerged = count > defaultFanOut
  await fill(database, feed, [
    {
      id: `author:${id}`,
      authorId: id,
      followers: isMerged ? [] : all,
      recent: [],
      ...(isMerged && { isMerged: true as const }),
    },
  ])
  if (isMerged)
    await fill(
      database,
      feed,
      all.map((readerId) => ({ id: `merged:${readerId}:${id}`, authorId: id, readerId })),
    )
}
