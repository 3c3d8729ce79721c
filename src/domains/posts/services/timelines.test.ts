import { describe, expect, test } from 'vitest'
import { derivedId, streamOf, type AnyProjection, type RecordedEvent } from '#kernel'
import { foldingAll, recorded } from '#kernel/testing'
import { memoryDocuments } from '../../../platform/storage/documents/memory.ts'
import { feedOf } from '../../../projections/feed.ts'
import { blocks, follows, positionAt, posts, profiles } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { account } from '../../identity/language.ts'
import { follow, followIdOf } from '../../profiles/language.ts'
import { PostId, UserId } from '../../shared/index.ts'
import { post } from '../language.ts'
import { feedAfter, feedBefore } from './timelines.ts'

const [ada, bob, eve, max] = ['ada', 'bob', 'eve', 'max'].map((name) =>
  derivedId(UserId, name),
) as [UserId, UserId, UserId, UserId]
const postOf = (name: string) => derivedId(PostId, name)
let last = 0n
const happened = (stream: string, type: string, data: object) =>
  recorded(stream, { type, data }, { position: (last += 1n) })
const registered = (userId: UserId, username: string) =>
  happened(streamOf(account, userId), 'UserRegistered', {
    userId,
    email: `${username}@example.org`,
    username,
    roles: [],
  })
const posted = (name: string, userId: UserId) =>
  happened(streamOf(post, postOf(name)), 'PostCreated', {
    userId,
    content: name,
    mediaIds: [],
    tags: [],
    mentions: [],
    createdAt: '2030-01-01T00:00:00.000Z',
  })
const pair = (type: string, followerId: UserId, followeeId: UserId) =>
  happened(streamOf(follow, followIdOf(followerId, followeeId)), type, { followerId, followeeId })

/** Bob follows Ada, and Eve until the end; Max makes both of them have two followers. */
const events: readonly RecordedEvent[] = [
  registered(ada, 'ada'),
  registered(bob, 'bob'),
  registered(eve, 'eve'),
  posted('a1', ada),
  posted('e1', eve),
  pair('UserFollowed', bob, ada),
  posted('b1', bob),
  pair('UserFollowed', bob, eve),
  posted('a2', ada),
  pair('UserFollowed', max, ada),
  pair('UserFollowed', max, eve),
  posted('a3', ada),
  posted('e2', eve),
  happened(streamOf(post, postOf('a2')), 'PostDeleted', { userId: ada }),
  posted('b2', bob),
  posted('a4', ada),
]
const reader = { id: bob, roles: [] }

/** Read models of these events, with fan-out to at most so many followers. */
const readModelsOf = async (
  mostFollowers: number,
  of = events,
): Promise<Pick<ReadModels, 'find'>> => {
  const documents = memoryDocuments()
  const all: readonly AnyProjection[] = [
    feedOf({ mostFollowers }),
    posts,
    profiles,
    follows,
    blocks,
  ]
  for (const projection of all) {
    const generation = await documents.begin(projection)
    await documents.publish(generation)
    const own = of.filter(({ type }) => projection.reads.includes(type))
    await documents.write(generation, {
      from: 0n,
      to: last,
      upserts: foldingAll(projection, ...own),
      deletes: [],
    })
  }
  return {
    find: async (projection, query) => ({
      ...(await documents.find(projection, query)),
      position: last,
    }),
  }
}
const contents = (found: Awaited<ReturnType<typeof feedBefore>>) =>
  found.posts.map(({ document }) => document.content)

describe.each([0, 1, 5])('with fan-out to at most %i followers, a feed', (mostFollowers) => {
  test.each([1, 2, 3, 100])('is read by parts of %i', async (limit) => {
    const readModels = await readModelsOf(mostFollowers)
    const all: (string | undefined)[] = []
    let before: string | undefined
    do {
      const part = await feedBefore(readModels, reader, {
        limit,
        ...(before !== undefined && { before }),
      })
      expect(part.posts.length).toBeLessThanOrEqual(limit)
      all.push(...contents(part))
      before = part.goesOn
    } while (before !== undefined)
    expect(all).toEqual(['a4', 'b2', 'e2', 'a3', 'b1', 'e1', 'a1'])
  })

  test.each([1, 3, 7, 8, 100])('passes over %i posts without loading them', async (skip) => {
    const kept = events.filter(({ type }) => type !== 'PostDeleted')
    const readModels = await readModelsOf(mostFollowers, kept)
    const loaded: number[] = []
    const counting: typeof readModels = {
      find: async (projection, query, minPosition) => {
        const found = await readModels.find(projection, query, minPosition)
        if (projection.name === posts.name) loaded.push(found.documents.length)
        return found
      },
    }
    const part = await feedBefore(counting, reader, { skip, limit: 2 })
    const expected = ['a4', 'b2', 'e2', 'a3', 'a2', 'b1', 'e1', 'a1'].slice(skip, skip + 2)
    expect(contents(part)).toEqual(expected)
    expect(loaded.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(2)
  })

  test.each([1, 2, 100])('is read after a position by parts of %i', async (limit) => {
    const readModels = await readModelsOf(mostFollowers)
    const all: (string | undefined)[] = []
    const { position: start } = events.find(({ id }) => id === postOf('b1'))!
    for (let after: bigint | undefined = start; after !== undefined;) {
      const part: Awaited<ReturnType<typeof feedAfter>> = await feedAfter(readModels, reader, {
        after,
        limit,
        minPosition: last,
      })
      all.push(...contents(part))
      after = part.goesOn === undefined ? undefined : positionAt(part.goesOn)
    }
    expect(all).toEqual(['a3', 'e2', 'b2', 'a4'])
  })

  test('is read up to a position, though the read models are ahead of it', async () => {
    const readModels = await readModelsOf(mostFollowers)
    const [after, upTo] = ['b1', 'e2'].map(
      (name) => events.find(({ id }) => id === postOf(name))!.position,
    ) as [bigint, bigint]
    const part = await feedAfter(readModels, reader, { after, limit: 100, minPosition: upTo })
    expect(contents(part)).toEqual(['a3', 'e2'])
    expect(part.goesOn).toBeUndefined()
    expect(part.position).toBe(upTo)
  })

  test('has no post of an author who is not followed any more', async () => {
    const ended = [...events, pair('UserUnfollowed', bob, ada)]
    const readModels = await readModelsOf(mostFollowers, ended)
    expect(contents(await feedBefore(readModels, reader, { limit: 100 }))).toEqual([
      'b2',
      'e2',
      'b1',
      'e1',
    ])
  })
})

test('the timelines of many merged authors are read a few at a time, and always the same ones', async () => {
  const authors = Array.from({ length: 40 }, (_, nth) => derivedId(UserId, `author${nth}`))
  const all = authors.flatMap((id, nth) => [
    registered(id, `author${nth}`),
    posted(`by${nth}`, id),
    pair('UserFollowed', bob, id),
  ])
  const readModels = await readModelsOf(0, all)
  let [reading, most] = [0, 0]
  const sorts: unknown[] = []
  const counting: typeof readModels = {
    find: async (projection, query, minPosition) => {
      if (query.where && 'readerId' in query.where) sorts.push(query.sort)
      most = Math.max(most, (reading += 1))
      const found = await readModels.find(projection, query, minPosition)
      reading -= 1
      return found
    },
  }
  const part = await feedBefore(counting, reader, { limit: 100 })
  expect(contents(part)).toEqual(authors.map((_, nth) => `by${39 - nth}`))
  expect(sorts).toEqual([['id']])
  expect(most).toBeLessThanOrEqual(10)
})
