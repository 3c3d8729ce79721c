import { createHash } from 'node:crypto'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { ledgerOf } from '../support/agora.ts'
import type { Found, FoundAudit, FoundOrder } from './found.ts'
import type { Listener } from './listener.ts'
import type { Member, World } from './world.ts'

type Entry = { readonly id: string }
type News = Found['notifications'] extends ReadonlyMap<string, readonly (infer E)[]> ? E : never
type Money = { readonly amount: number }

/** Reads a list to its end, by its cursor. @param name of the list in the answer */
const whole = async <E = Entry>(
  { call }: Member,
  path: string,
  name: string,
): Promise<readonly E[]> => {
  const all: E[] = []
  let cursor = ''
  for (;;) {
    const more = `${path.includes('?') ? '&' : '?'}limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const { status, body, text } = await call('GET', `${path}${more}`)
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`)
    all.push(...body.data[name])
    cursor = body.data.nextCursor ?? ''
    if (cursor === '') return all
  }
}

/** Does work for several at a time. @returns the results by key */
const byKey = async <K, V>(
  keys: Iterable<K>,
  work: (key: K) => Promise<V | undefined>,
): Promise<ReadonlyMap<K, V>> => {
  const results = new Map<K, V>()
  const left = [...keys].values()
  const worker = async () => {
    for (const key of left) {
      const value = await work(key)
      if (value !== undefined) results.set(key, value)
    }
  }
  await Promise.all(Array.from({ length: 6 }, worker))
  return results
}

/** Positions of the creation of all posts, by their ids: feeds have the order of the log (decision 077), not of clocks. */
const placesOf = async (postgresUrl: string): Promise<ReadonlyMap<string, number>> => {
  const database = openDatabase(postgresUrl, { connections: 1 })
  try {
    const rows = await database.query<{ stream: string; position: bigint }>(
      `SELECT stream, position FROM agora.events WHERE type = 'PostCreated'`,
    )
    return new Map(
      rows.map(({ stream, position }) => [stream.slice('post-'.length), Number(position)]),
    )
  } finally {
    await database.close()
  }
}

const open = ['PENDING', 'STOCK_RESERVED', 'PAID', 'IN_PROGRESS']

/** Waits until nothing is under way: orders, refunds, erasures, read models and pushes. */
export const quiet = async (
  { admin, kept, until }: World,
  listeners: ReadonlyMap<string, Listener>,
): Promise<void> => {
  const totalOf = async (path: string): Promise<number> =>
    (await admin.call('GET', path)).body?.data?.total ?? -1
  for (const status of open)
    await until(
      () => totalOf(`/orders?status=${status}&limit=1`),
      (total) => total === 0,
    )
  // Refunds end by themselves as well.
  for (const { id, ends } of kept.orders.values())
    if (ends !== undefined)
      await until(
        async () => (await admin.call('GET', `/orders/${id}`)).body?.data,
        (order) =>
          order?.status === ends &&
          (order.refunds ?? []).every((one: { status: string }) => one.status !== 'PENDING'),
      ).catch(() => undefined)
  for (const user of kept.erased)
    await until(
      async () => (await admin.call('GET', `/admin/users/${user}/forget`)).body?.data?.status,
      (status) => status === 'forgotten',
    ).catch(() => undefined)
  await until(
    async () => (await admin.call('GET', '/admin/projections?limit=100')).body.data.projections,
    (all: readonly { status: string; lagEvents: number }[]) =>
      all.every(({ status, lagEvents }) => status === 'live' && lagEvents === 0),
  ).catch(() => undefined)
  for (const [of, { heard }] of listeners)
    await until(
      async () => heard.length,
      (count) => count >= (kept.conversations.get(of.split(' ')[0] ?? '')?.messages.size ?? 0),
    ).catch(() => undefined)
}

/** Audits all documents of all read models. */
const audited = async ({ admin, until }: World): Promise<readonly FoundAudit[]> => {
  type Audit = {
    readonly name: string
    readonly state: string
    readonly findings?: { readonly looked: number; readonly same: number }
  }
  await admin.call('POST', '/admin/audits', { all: true })
  const audits = async (): Promise<readonly Audit[]> =>
    (await admin.call('GET', '/admin/audits')).body.data.audits
  await until(audits, (all) =>
    all.every(({ state }) => !['requested', 'running', 'never'].includes(state)),
  ).catch(() => undefined)
  return (await audits()).map(({ name, state, findings }) => ({
    name,
    state,
    looked: findings?.looked ?? 0,
    same: findings?.same ?? 0,
  }))
}

/** Most posts that are searched for, the latest ones. */
const mostSearches = 150

/**
 * Reads everything that the books are compared with.
 * @param data the URL of Agora's PostgreSQL, which has the bank's entries
 * @param listeners by `<conversation> <user>`
 */
export const collect = async (
  world: World,
  data: string,
  listeners: ReadonlyMap<string, Listener>,
): Promise<Found> => {
  const { admin, kept, people, sellers } = world
  const [reader] = people
  if (!reader) throw new Error('There are no people')
  const dataOf = async (member: Member, path: string) => {
    const { status, body } = await member.call('GET', path)
    return status === 200 ? body.data : undefined
  }
  type Order = Omit<FoundOrder, 'payment'> & { readonly payment?: Entry }
  const orders = (await whole<Order>(admin, '/orders?sort=createdAt', 'orders')).map(
    ({ id, userId, status, payment }): FoundOrder => {
      return { id, userId, status, ...(payment && { payment: payment.id }) }
    },
  )
  const ledger = await ledgerOf(data)
  const entries = (of: ReadonlyMap<string, readonly { readonly amount: number }[]>) =>
    [...of].flatMap(([payment, all]) => all.map(({ amount }) => ({ payment, amount })))
  const earnings = new Map<string, { held: number; captured: number; refunded: number }>()
  for (const { member } of sellers) {
    const sums = { held: 0, captured: 0, refunded: 0 }
    type Month = Readonly<Record<keyof typeof sums, Money>>
    for (const month of await whole<Month>(member, '/users/me/earnings', 'earnings'))
      for (const name of ['held', 'captured', 'refunded'] as const) sums[name] += month[name].amount
    earnings.set(member.id, sums)
  }
  const places = await placesOf(data)
  const living = [...kept.posts.values()].filter(({ isDeleted }) => !isDeleted)
  const idsOf = (all: readonly Entry[]): readonly string[] => all.map(({ id }) => String(id))
  const members = new Map(people.map((one) => [one.id, one]))
  return {
    orders,
    charges: entries(ledger.charges),
    refunds: entries(ledger.refunds),
    stock: await byKey(kept.delivered.keys(), (id) => dataOf(admin, `/inventory/${id}`)),
    earnings,
    posts: await byKey(kept.posts.keys(), (id) => dataOf(reader, `/posts/${id}`)),
    comments: await byKey(
      living.filter(({ author }) => !kept.erased.has(author)).map(({ id }) => id),
      async (id) => idsOf(await whole(reader, `/posts/${id}/comments`, 'comments')),
    ),
    followers: await byKey(kept.people, async (id) => {
      type Follower = { readonly user: { readonly userId: string } }
      const all = await whole<Follower>(reader, `/users/${id}/followers`, 'followers')
      const { followers = -1 } = (await dataOf(reader, `/users/${id}`)) ?? {}
      return { ids: all.map((one) => one.user.userId), count: followers }
    }),
    feeds: await byKey(kept.people, async (id) => {
      const member = members.get(id)
      const feed = member && (await whole(member, '/posts/feed', 'posts'))
      return feed?.map((post) => ({ id: post.id, position: places.get(post.id) ?? Number.NaN }))
    }),
    reviews: await byKey(kept.delivered.keys(), async (id) => {
      type Review = { readonly id: string; readonly rating: number }
      const all = await whole<Review>(admin, `/reviews/product/${id}`, 'reviews')
      const { rating } = (await dataOf(admin, `/products/${id}`)) ?? {}
      const { count = -1, average = -1 } = rating ?? {}
      return { all, count, average }
    }),
    messages: await byKey(kept.conversations.keys(), async (id) => {
      const member = members.get(kept.conversations.get(id)?.participants[0] ?? '')
      const path = `/chat/conversations/${id}/messages`
      type Message = { readonly id: string; readonly text: string; readonly position: string }
      const all = member ? await whole<Message>(member, path, 'messages') : []
      return all.toSorted((one, other) => Number(one.position) - Number(other.position))
    }),
    heard: new Map([...listeners].map(([of, { heard }]) => [of, heard])),
    files: await byKey(kept.files.keys(), async (id) => {
      // Their owners alone read them all; those who were forgotten read nothing.
      const owner = members.get(kept.files.get(id)?.owner ?? '') ?? reader
      const file = await dataOf(owner, `/media/${id}`)
      if (!file) return undefined
      const bytes = await owner.bytes(`/media/${id}/content`)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { sha256, thumbnails: file.thumbnails?.length ?? 0 }
    }),
    profiles: await byKey(kept.profiles.keys(), (id) => dataOf(reader, `/users/${id}`)),
    notifications: await byKey(kept.people, async (id) => {
      const member = members.get(id)
      return member && (await whole<News>(member, `/notifications/user/${id}`, 'notifications'))
    }),
    searches: await byKey(
      [...kept.posts.values()].slice(-mostSearches).map(({ word }) => word),
      async (word) => {
        const { hits = [] } = (await dataOf(reader, `/search/posts?q=${word}`)) ?? {}
        return hits.map((hit: { id?: string; postId?: string }) => hit.id ?? hit.postId)
      },
    ),
    erased: await byKey(kept.erased, async (id) => ({
      erasure: (await dataOf(admin, `/admin/users/${id}/forget`))?.status ?? 'unknown',
      profile: (await reader.call('GET', `/users/${id}`)).status,
    })),
    audits: await audited(world),
    deadLetters: (await whole(admin, '/admin/dead-letters', 'deadLetters').catch(() => [])).map(
      (one) => JSON.stringify(one),
    ),
  }
}
