import { describe, expect, test } from 'vitest'
import { derivedId, projection, streamOf, Fields, type RecordedEvent } from '#kernel'
import { foldingAll, recorded } from '#kernel/testing'
import { post } from '../domains/posts/language.ts'
import { follow, followIdOf } from '../domains/profiles/language.ts'
import { PostId, UserId } from '../domains/shared/index.ts'
import { feed, feedOf, homeOf, postsOf, recentPosts } from './feed.ts'
import { placeAt } from './places.ts'

const [ada, bob, eve] = ['ada', 'bob', 'eve'].map((name) => derivedId(UserId, name)) as [
  UserId,
  UserId,
  UserId,
]
let last = 0n
const next = () => ({ position: (last += 1n) })
const postOf = (name: string) => derivedId(PostId, name)
const happened = (name: string, type: string, data: object) =>
  recorded(streamOf(post, postOf(name)), { type, data }, next())
const posted = (name: string, userId = ada) =>
  happened(name, 'PostCreated', {
    userId,
    content: name,
    mediaIds: [],
    tags: [],
    mentions: [],
    createdAt: '2030-01-01T00:00:00.000Z',
  })
const deleted = (name: string, userId = ada) => happened(name, 'PostDeleted', { userId })
const pair = (type: string, followerId: UserId, followeeId = ada) =>
  recorded(
    streamOf(follow, followIdOf(followerId, followeeId)),
    { type, data: { followerId, followeeId } },
    next(),
  )
const followed = (follower: UserId, author = ada) => pair('UserFollowed', follower, author)
const unfollowed = (follower: UserId, author = ada) => pair('UserUnfollowed', follower, author)

/** Posts of a timeline, the latest first. */
const timeline = (documents: ReturnType<typeof foldingAll<typeof feed>>, name: string) =>
  [...documents.values()]
    .filter((one) => one.timeline === name)
    .toSorted((one, other) => (one.place! < other.place! ? 1 : -1))
    .map(({ postId }) => postId)

/** Posts of the feed of a reader: of the home timeline, and of merged ones. */
const feedIn = (documents: ReturnType<typeof foldingAll<typeof feed>>, reader: UserId) => {
  const merged = [...documents.values()].filter(({ readerId }) => readerId === reader)
  return [...documents.values()]
    .filter(
      ({ timeline: name, place }) =>
        name === homeOf(reader) ||
        merged.some(({ authorId, since = '' }) => name === postsOf(authorId) && place! >= since),
    )
    .toSorted((one, other) => (one.place! < other.place! ? 1 : -1))
    .flatMap(({ postId }) => postId!)
}

describe('a post', () => {
  test('is in the timelines of its author and of the followers at that time', () => {
    const all = foldingAll(feed, followed(bob), posted('one'), unfollowed(bob), followed(eve, bob))
    expect(timeline(all, postsOf(ada))).toEqual([postOf('one')])
    const later = foldingAll(feed, followed(bob), posted('two'), followed(eve))
    for (const reader of [bob, eve])
      expect(timeline(later, homeOf(reader))).toEqual([postOf('two')])
  })

  test('that is deleted is in none', () => {
    const all = foldingAll(feed, followed(bob), posted('three'), posted('four'), deleted('three'))
    expect(timeline(all, homeOf(bob))).toEqual([postOf('four')])
    expect(timeline(all, postsOf(ada))).toEqual([postOf('four')])
  })
})

describe('who follows', () => {
  test('is given the last posts, the oldest not', () => {
    const names = Array.from({ length: recentPosts + 1 }, (_, nth) => `nth${nth}`)
    const home = timeline(
      foldingAll(feed, ...names.map((name) => posted(name)), followed(bob)),
      homeOf(bob),
    )
    expect(home).toHaveLength(recentPosts)
    expect(home.at(-1)).toBe(postOf('nth1'))
  })

  test('and no longer does, has none of them, and nothing is left of an author without posts', () => {
    const all = foldingAll(feed, posted('five'), followed(bob), posted('six'), unfollowed(bob))
    expect(timeline(all, homeOf(bob))).toEqual([])
    const none = foldingAll(feed, followed(bob), posted('x'), deleted('x'), unfollowed(bob))
    expect([...none.keys()]).toEqual([])
  })
})

test.each([
  ['has what was left of the first time', 5, recentPosts + 1],
  ['has the last posts, where they are merged', 0, recentPosts],
])('who follows again %s', (_, mostFollowers, expected) => {
  const names = Array.from({ length: recentPosts + 1 }, (_, nth) => `again${nth}`)
  const all = foldingAll(
    feedOf({ mostFollowers }),
    followed(bob),
    ...names.map((name) => posted(name)),
    unfollowed(bob),
    followed(bob),
  )
  expect(feedIn(all, bob)).toHaveLength(expected)
})

describe('an author with too many followers', () => {
  const events = [
    posted('a'),
    followed(bob),
    posted('b'),
    followed(eve),
    posted('c'),
    deleted('b'),
    posted('d'),
  ]
  const merging = feedOf({ mostFollowers: 1 })

  test('has posts written into one timeline only', () => {
    const all = foldingAll(merging, ...events)
    expect(timeline(all, homeOf(bob))).toEqual([postOf('b'), postOf('a')])
    expect(timeline(all, homeOf(eve))).toEqual([])
    expect(timeline(all, postsOf(ada))).toEqual(['d', 'c', 'a'].map(postOf))
  })

  test.each([0, 1, 5])('gives the same feeds, with fan-out to at most %i', (mostFollowers) => {
    const all = foldingAll(feedOf({ mostFollowers }), ...events)
    const present = new Set(timeline(all, postsOf(ada)))
    for (const reader of [bob, eve])
      expect(feedIn(all, reader).filter((id) => present.has(id))).toEqual(
        ['d', 'c', 'a'].map(postOf),
      )
  })

  test('is in no feed of who unfollows', () => {
    const all = foldingAll(merging, ...events, unfollowed(bob), unfollowed(eve))
    // What was deleted since they were too many stays, and is left out as it is read.
    expect(feedIn(all, bob)).toEqual([postOf('b')])
    expect(feedIn(all, eve)).toEqual([])
  })

  test('places the first merged post after the last that was written', () => {
    const all = foldingAll(merging, ...events)
    const { since } = [...all.values()].find(({ readerId }) => readerId === bob)!
    expect(since).toBe(placeAt((events[3] as RecordedEvent).position))
  })
})

test('fan-out needs a store that writes documents and position in one transaction', () =>
  expect(() =>
    projection({
      name: 'news',
      store: 'mongo',
      within: 60_000,
      document: Fields({ id: PostId }),
      from: [post],
      key: ({ id }) => id,
    }).rules({}, { PostDeleted: () => [] }),
  ).toThrow('news fans out'))
