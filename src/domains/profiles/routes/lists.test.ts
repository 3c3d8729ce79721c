import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { followIdOf, initially } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { postgresDocuments } from '../../../platform/storage/documents/postgres.ts'
import type { DocumentStore, Generation } from '../../../platform/storage/documents/port.ts'
import type { Search } from '../../../platform/storage/search/port.ts'
import { follows, profiles, searchUsers } from '../../../projections/index.ts'

/** Number of users. */
const count = 10_000

const star = derivedId(UserId, 'star')
const begin = Date.parse('2030-01-01T00:00:00.000Z')
const fans = Array.from({ length: count }, (_, number) => {
  const id = derivedId(UserId, 'fan', String(number))
  // Three have the same time, so that their order is that of the keys.
  return { id, number, at: new Date(begin + 1_000 * Math.floor(number / 3)).toISOString() }
})

const profileOf = (id: string, username: string, at: string, followers = 0) => ({
  id,
  username,
  ...initially,
  suspended: false,
  followers,
  following: 0,
  createdAt: at,
  updatedAt: at,
})
const searchedOf = (id: string, username: string, createdAt: string) => ({
  id,
  username,
  privacy: initially.privacy,
  suspended: false,
  createdAt,
})
const followOf = ({ id, at }: { id: UserId; at: string }) => {
  const key = followIdOf(id, star)
  return [key, { id: key, followerId: id, followeeId: star, at }] as const
}

describe('lists of ten thousand users', () => {
  let world: HttpWorld
  let call: Call
  let documents: DocumentStore & Search
  let following: Generation
  const open = new AsyncDisposableStack()

  /** Writes to a generation from its checkpoint on. */
  const write = async (
    generation: Generation,
    upserts: ReadonlyMap<string, unknown>,
    deletes: readonly string[] = [],
  ) => {
    const from = await documents.position(generation)
    expect(await documents.write(generation, { from, to: from + 1n, upserts, deletes })).toBe(true)
  }

  beforeAll(async () => {
    const database = open.use(await freshDatabase())
    documents = postgresDocuments(database.database)
    const people = await documents.begin(profiles)
    following = await documents.begin(follows)
    const searched = await documents.begin(searchUsers)
    const some = fans.map(
      ({ id, number, at }) => [id, profileOf(id, `fan.number${number}`, at)] as const,
    )
    const first = fans[0]!
    await write(
      people,
      new Map([...some, [star, profileOf(star, 'the-star', first.at, count)] as const]),
    )
    await write(following, new Map(fans.map(followOf)))
    await write(
      searched,
      new Map([
        ...fans.map(
          ({ id, number, at }) => [id, searchedOf(id, `fan.number${number}`, at)] as const,
        ),
        [star, searchedOf(star, 'the-star', first.at)] as const,
      ]),
    )
    await documents.publish(people)
    await documents.publish(searched)
    await documents.publish(following)
    const position = 1n
    world = open.use(
      await httpWorld({
        readModels: {
          get: async (projection, key) => ({
            document: await documents.get(projection, key),
            position,
          }),
          find: async (projection, query) => ({
            ...(await documents.find(projection, query)),
            position,
          }),
          search: async (projection, query) => ({
            ...(await documents.search(projection, query)),
            position,
          }),
          reach: async () => position,
        },
      }),
    )
    call = (await world.someone('reader')).call
  })
  afterAll(() => open.disposeAsync())

  type Page = {
    readonly total: number
    readonly nextCursor?: string
    readonly followers: readonly { readonly user: { readonly userId: string } }[]
  }
  const page = async (query: string): Promise<Page> => {
    const { status, body, text } = await call('GET', `/users/${star}/followers?${query}`)
    expect(status, text).toBe(200)
    return body.data
  }
  const idsOf = ({ followers }: Page) => followers.map(({ user }) => user.userId)

  /** Reads all pages by their cursors. @param between called after each page */
  const walk = async (query: string, between?: (pages: number) => Promise<void>) => {
    const seen: string[] = []
    let cursor = ''
    for (let pages = 0; ; pages += 1) {
      const part = await page(`limit=100&${query}${cursor}`)
      seen.push(...idsOf(part))
      if (part.nextCursor === undefined) return seen
      cursor = `&cursor=${part.nextCursor}`
      await between?.(pages)
    }
  }

  const expected = fans.map((fan) => ({ ...fan, key: followOf(fan)[0] }))
  const inOrder = (down: boolean) =>
    expected
      .toSorted((a, b) =>
        a.at === b.at ? (a.key < b.key ? -1 : 1) : a.at < b.at === down ? 1 : -1,
      )
      .map(({ id }) => id)

  test('are complete, ordered and without repetition, by page numbers', async () => {
    const seen: string[] = []
    for (let number = 1; number <= count / 100; number += 1) {
      const part = await page(`limit=100&page=${number}`)
      expect(part.total).toBe(count)
      seen.push(...idsOf(part))
    }
    expect(seen).toEqual(inOrder(true))
    expect(idsOf(await page(`limit=100&page=${count / 100 + 1}`))).toEqual([])
  })

  test.each([
    ['sort=-at', true],
    ['sort=at', false],
  ])('are complete and ordered by cursors (%s)', async (sort, down) => {
    expect(await walk(sort)).toEqual(inOrder(down))
  })

  test('neither miss nor repeat entries by cursors while entries are added and removed', async () => {
    const late = Array.from({ length: 30 }, (_, number) => ({
      id: derivedId(UserId, 'late', String(number)),
      at: new Date(begin + 86_400_000 + number).toISOString(),
    }))
    const order = inOrder(true)
    // The removed ones were on pages that were read, or are on much later ones.
    const leaving: readonly string[] = [...order.slice(0, 15), ...order.slice(-15)]
    const seen = await walk('sort=-at', async (pages) => {
      const [comes, goes] = [late[pages], leaving[pages]]
      if (comes)
        await write(following, new Map([followOf(comes)]), [
          followOf(fans.find(({ id }) => id === goes)!)[0],
        ])
    })
    expect(new Set(seen).size).toBe(seen.length)
    const stayed = order.filter((id) => !leaving.includes(id))
    expect(seen.filter((id) => !leaving.includes(id))).toEqual(stayed)
    const back = fans.filter(({ id }) => leaving.includes(id)).map(followOf)
    await write(
      following,
      new Map(back),
      late.map((one) => followOf(one)[0]),
    )
  })

  test.each(['x', Buffer.from('["-at"]').toString('base64url'), cursorOf(['at', 1, 'x'])])(
    'reject cursors of other lists: %s',
    async (cursor) => {
      const path = `/users/${star}/followers?sort=at&cursor=${cursor}`
      const { status, body } = await call('GET', path)
      expect([status, body.errors[0].field]).toEqual([400, 'cursor'])
    },
  )

  test('are searched, best matches first', async () => {
    const found = async (q: string) => (await call('GET', `/users/search?limit=5&q=${q}`)).body.data
    expect((await found('number9999')).users[0]).toMatchObject({ username: 'fan.number9999' })
    expect((await found('the-sttar')).users[0]).toMatchObject({ username: 'the-star' })
    expect((await found('fan')).total).toBe(count)
    expect((await found('nobody-at-all')).total).toBe(0)
  })
})

function cursorOf(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}
