import type { BankEntry, Found } from './found.ts'
import type { Kept, KeptOrder } from './kept.ts'

/** The check of one book. */
export type Book = {
  readonly name: string
  /** Number of entries that were compared. */
  readonly compared: number
  /** What is wrong, a sentence each. */
  readonly faults: readonly string[]
}

/** Statuses of orders whose goods were sold. */
const sold = new Set([
  'CONFIRMED',
  'SHIPPED',
  'DELIVERED',
  'PARTLY_REFUNDED',
  'REFUNDED',
  'RETURNED',
  'COMPLETED',
])
/** Statuses in which nothing is under way. */
const ended = new Set([...sold, 'REJECTED', 'CANCELLED'])

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

const amountOf = (entries: readonly BankEntry[]): number => sum(entries.map(({ amount }) => amount))

/** Ids that occur more than once. */
const doubled = (ids: readonly string[]): readonly string[] => {
  const seen = new Set<string>()
  return [...new Set(ids.filter((id) => seen.has(id) || !seen.add(id)))]
}

/** Compares what is to be there with what is: each exactly once. */
const eachOnce = (
  what: string,
  expected: Iterable<string>,
  found: readonly string[],
): readonly string[] => {
  const [wanted, there] = [new Set(expected), new Set(found)]
  return [
    ...[...wanted].filter((id) => !there.has(id)).map((id) => `${what}: ${id} is missing`),
    ...[...there].filter((id) => !wanted.has(id)).map((id) => `${what}: ${id} is too many`),
    ...doubled(found).map((id) => `${what}: ${id} is there more than once`),
  ]
}

/** What stays paid of an order that was sold, in minor units. */
const owedOf = ({ kind, pieces, price, refundedPieces, refundedAmount }: KeptOrder): number =>
  kind === 'gig'
    ? refundedPieces > 0
      ? 0
      : price - refundedAmount
    : (pieces - refundedPieces) * price

/** Every acknowledged order is there once, has ended, and as its acknowledged steps say. */
const orders = ({ orders: kept }: Kept, { orders: found }: Found): Book => {
  const faults = [
    ...eachOnce(
      'Orders',
      kept.keys(),
      found.map(({ id }) => id),
    ),
  ]
  for (const { id, userId, status } of found) {
    const order = kept.get(id)
    if (!order) continue
    if (order.buyer !== userId) faults.push(`Order ${id} belongs to ${userId}, not ${order.buyer}`)
    if (!ended.has(status)) faults.push(`Order ${id} has not ended: ${status}`)
    else if (order.ends !== undefined && order.ends !== status)
      faults.push(`Order ${id} is ${status}, not ${order.ends}`)
    else if (order.isCancelled && status !== 'CANCELLED')
      faults.push(`Order ${id} was cancelled, and is ${status}`)
  }
  return { name: 'orders', compared: kept.size, faults }
}

/** Each order is paid once if it was sold, and not if it was not; what the bank has is sales and earnings. */
const money = ({ orders: kept }: Kept, found: Found): Book => {
  const faults: string[] = []
  const charges = Map.groupBy(found.charges, ({ payment }) => payment)
  const refunds = Map.groupBy(found.refunds, ({ payment }) => payment)
  const known = new Set<string>()
  let sales = 0
  for (const { id, status, payment = '' } of found.orders) {
    known.add(payment)
    const order = kept.get(id)
    if (!order) continue
    const [charged, back] = [charges.get(payment) ?? [], refunds.get(payment) ?? []]
    if (charged.length > 1) faults.push(`Order ${id} was charged ${charged.length} times`)
    const owed = sold.has(status) ? owedOf(order) : 0
    const paid = amountOf(charged) - amountOf(back)
    if (paid !== owed) faults.push(`Order ${id} is paid with ${paid}, and ${owed} are owed`)
    if (order.kind === 'product') sales += owed
  }
  for (const payment of [...charges.keys(), ...refunds.keys()])
    if (!known.has(payment)) faults.push(`Payment ${payment} of the bank is of no order`)
  const earned = [...found.earnings.values()]
  const earnings = sum(earned.map(({ captured, refunded }) => captured - refunded))
  const bank = amountOf(found.charges) - amountOf(found.refunds)
  if (bank !== sales + earnings)
    faults.push(`The bank has ${bank}: not the sales of ${sales} and the earnings of ${earnings}`)
  for (const [seller, { held }] of found.earnings)
    if (held !== 0) faults.push(`${held} are still held for seller ${seller}`)
  for (const [seller, { captured, refunded }] of found.earnings) {
    const owed = sum(
      found.orders.flatMap(({ id, status }) => {
        const order = kept.get(id)
        return order?.seller === seller && sold.has(status) ? [owedOf(order)] : []
      }),
    )
    if (captured - refunded !== owed)
      faults.push(`Seller ${seller} has earned ${captured - refunded}, not ${owed}`)
  }
  return { name: 'money', compared: found.charges.length + found.refunds.length, faults }
}

/** The pieces of each product are those delivered, without those sold, with those that came back. */
const stock = ({ delivered, orders: kept }: Kept, found: Found): Book => {
  const faults: string[] = []
  const gone = new Map<string, number>()
  for (const { id, status } of found.orders) {
    const order = kept.get(id)
    if (order?.kind !== 'product' || !sold.has(status)) continue
    const pieces = order.pieces - order.restockedPieces
    gone.set(order.refId, (gone.get(order.refId) ?? 0) + pieces)
  }
  for (const [product, pieces] of delivered) {
    const left = pieces - (gone.get(product) ?? 0)
    const { quantity = Number.NaN, reserved = Number.NaN } = found.stock.get(product) ?? {}
    if (quantity !== left) faults.push(`Product ${product} has ${quantity} pieces, not ${left}`)
    if (reserved !== 0) faults.push(`Product ${product} has ${reserved} pieces reserved`)
    if (left < 0) faults.push(`Product ${product} was sold ${-left} times too often`)
  }
  return { name: 'stock', compared: delivered.size, faults }
}

const isHere = ({ erased }: Kept, user: string): boolean => !erased.has(user)

/** Posts that are to be there. */
const livingPosts = (kept: Kept) =>
  new Map([...kept.posts].filter(([, { author, isDeleted }]) => !isDeleted && isHere(kept, author)))

/** Posts have their texts, and the numbers of their likes and comments; each comment is listed once. */
const posts = (kept: Kept, found: Found): Book => {
  const living = livingPosts(kept)
  const faults = [...eachOnce('Posts', living.keys(), [...found.posts.keys()])]
  const likes = Map.groupBy(
    [...kept.likes].map((pair) => pair.split(' ')),
    ([post = '']) => post,
  )
  const comments = Map.groupBy(kept.comments.values(), ({ postId }) => postId)
  for (const [id, { content }] of living) {
    const post = found.posts.get(id)
    if (!post) continue
    if (post.content !== content) faults.push(`Post ${id} has another text`)
    const liked = (likes.get(id) ?? []).filter(([, user = '']) => isHere(kept, user)).length
    if (post.likeCount !== liked)
      faults.push(`Post ${id} has ${post.likeCount} likes, not ${liked}`)
    const said = (comments.get(id) ?? []).filter(
      ({ author, isDeleted }) => !isDeleted && isHere(kept, author),
    )
    if (post.commentCount !== said.length)
      faults.push(`Post ${id} counts ${post.commentCount} comments, not ${said.length}`)
    const ids = said.map((one) => one.id)
    faults.push(...eachOnce(`Comments of post ${id}`, ids, found.comments.get(id) ?? []))
  }
  return { name: 'posts, likes and comments', compared: living.size, faults }
}

/** Each follower is listed and counted once. */
const followers = (kept: Kept, found: Found): Book => {
  const pairs = [...kept.follows].map((pair) => pair.split(' '))
  const faults = kept.people.flatMap((user) => {
    const { ids = [], count = 0 } = found.followers.get(user) ?? {}
    const expected = pairs.flatMap(([from = '', to]) =>
      to === user && isHere(kept, from) ? [from] : [],
    )
    return [
      ...eachOnce(`Followers of ${user}`, expected, ids),
      ...(count === expected.length
        ? []
        : [`User ${user} counts ${count} followers, not ${expected.length}`]),
    ]
  })
  return { name: 'followers', compared: pairs.length, faults }
}

/** Posts of an author that a follower gets: older ones may be missing (decision 077). */
const latest = 200

/** A feed has the posts of its reader and of those followed, each once, the latest first. */
const feeds = (kept: Kept, found: Found): Book => {
  const faults: string[] = []
  const byAuthor = Map.groupBy(livingPosts(kept).values(), ({ author }) => author)
  for (const [reader, feed] of found.feeds) {
    const authors = [
      reader,
      ...[...kept.follows].flatMap((pair) => {
        const [from, to = ''] = pair.split(' ')
        return from === reader ? [to] : []
      }),
    ]
    const may = new Set(
      authors.flatMap((author) => byAuthor.get(author)?.map(({ id }) => id) ?? []),
    )
    const must = authors.flatMap(
      (author) =>
        byAuthor
          .get(author)
          ?.slice(-latest)
          .map(({ id }) => id) ?? [],
    )
    const ids = feed.map(({ id }) => id)
    const there = new Set(ids)
    for (const id of must) if (!there.has(id)) faults.push(`Feed of ${reader}: ${id} is missing`)
    for (const id of there) if (!may.has(id)) faults.push(`Feed of ${reader}: ${id} is too many`)
    for (const id of doubled(ids)) faults.push(`Feed of ${reader}: ${id} is there more than once`)
    if (feed.some(({ position }, index) => position > (feed[index - 1]?.position ?? position)))
      faults.push(`Feed of ${reader} is out of order`)
  }
  return {
    name: 'feeds',
    compared: sum([...found.feeds.values()].map(({ length }) => length)),
    faults,
  }
}

/** Each review is there once, and the rating of its product is of all of them. */
const reviews = (kept: Kept, found: Found): Book => {
  const faults: string[] = []
  const living = [...kept.reviews.values()].filter(({ isDeleted }) => !isDeleted)
  const byProduct = Map.groupBy(living, ({ productId }) => productId)
  for (const product of kept.delivered.keys()) {
    const expected = byProduct.get(product) ?? []
    const { all, count, average } = found.reviews.get(product) ?? { all: [], count: 0, average: 0 }
    const ids = expected.map(({ id }) => id)
    faults.push(
      ...eachOnce(
        `Reviews of product ${product}`,
        ids,
        all.map(({ id }) => id),
      ),
    )
    for (const { id, rating } of all) {
      const given = kept.reviews.get(id)?.rating
      if (given !== undefined && given !== rating)
        faults.push(`Review ${id} gives ${rating} points, not ${given}`)
    }
    const mean = ids.length === 0 ? 0 : sum(expected.map(({ rating }) => rating)) / ids.length
    // Agora rounds.
    if (count !== ids.length || Math.abs(average - mean) > 0.051)
      faults.push(
        `Product ${product} is rated ${average} by ${count}, not ${mean} by ${ids.length}`,
      )
  }
  return { name: 'reviews', compared: living.length, faults }
}

/** Each message is in its conversation once, and was pushed once to each connected participant, in order. */
const messages = (kept: Kept, found: Found): Book => {
  const faults: string[] = []
  let compared = 0
  for (const [id, { participants, messages: sent }] of kept.conversations) {
    const there = found.messages.get(id) ?? []
    compared += sent.size
    const ids = there.map((one) => one.id)
    faults.push(...eachOnce(`Messages of conversation ${id}`, sent.keys(), ids))
    for (const { id: message, text } of there)
      if ((sent.get(message) ?? text) !== text) faults.push(`Message ${message} has another text`)
    for (const user of participants) {
      const heard = found.heard.get(`${id} ${user}`)
      if (heard === undefined) continue
      const faultsOfUser = eachOnce(`Messages pushed to ${user} in ${id}`, ids, heard)
      faults.push(...faultsOfUser)
      if (faultsOfUser.length === 0 && heard.some((one, index) => one !== ids[index]))
        faults.push(`Messages pushed to ${user} in ${id} are out of order`)
    }
  }
  return { name: 'messages', compared, faults }
}

/** Each file has its bytes, and each picture its small ones; deleted ones are gone. */
const files = (kept: Kept, found: Found): Book => {
  const living = [...kept.files.values()].filter(
    ({ owner, isDeleted }) => !isDeleted && isHere(kept, owner),
  )
  const faults = [
    ...eachOnce(
      'Files',
      living.map(({ id }) => id),
      [...found.files.keys()],
    ),
  ]
  for (const { id, sha256, isPicture } of living) {
    const file = found.files.get(id)
    if (file && !isPicture && file.sha256 !== sha256) faults.push(`File ${id} has other bytes`)
    if (file && isPicture && file.thumbnails === 0) faults.push(`Picture ${id} has no small ones`)
  }
  return { name: 'files', compared: living.length, faults }
}

/** Each profile is as it was acknowledged last. */
const profiles = ({ profiles: kept }: Kept, found: Found): Book => ({
  name: 'profiles',
  compared: kept.size,
  faults: [...kept].flatMap(([user, { name, bio }]) => {
    const profile = found.profiles.get(user)
    return profile?.name === name && profile?.bio === bio
      ? []
      : [`The profile of ${user} is not as it was acknowledged last`]
  }),
})

/** Types of notifications that the end of an order has exactly one of, on each of two channels. */
const newsOf: Readonly<Record<string, string>> = {
  CONFIRMED: 'order_confirmed',
  REJECTED: 'order_rejected',
}

/** Buyers are notified of the end of each order once on each channel, and of nothing twice. */
const notifications = (kept: Kept, found: Found): Book => {
  const faults: string[] = []
  let compared = 0
  const statuses = new Map(found.orders.map(({ id, status }) => [id, status]))
  for (const [user, all] of found.notifications) {
    compared += all.length
    for (const id of doubled(all.map((one) => one.id)))
      faults.push(`Notification ${id} is listed more than once`)
    const ofOrders = all.filter(
      ({ type, orderId }) => orderId && /^order_(confirmed|rejected)$/.test(type),
    )
    for (const one of doubled(
      ofOrders.map(({ type, channel, orderId }) => `${type} ${channel} ${orderId}`),
    ))
      faults.push(`User ${user} was notified more than once: ${one}`)
    const there = new Set(
      ofOrders.map(({ type, channel, orderId }) => `${type} ${channel} ${orderId}`),
    )
    for (const { id, buyer, kind } of kept.orders.values()) {
      const type = newsOf[statuses.get(id) ?? '']
      if (buyer !== user || kind !== 'product' || type === undefined) continue
      for (const channel of ['in_app', 'email'])
        if (!there.has(`${type} ${channel} ${id}`))
          faults.push(`User ${user} was not notified: ${type} ${channel} ${id}`)
    }
  }
  return { name: 'notifications', compared, faults }
}

/** A search for the word of a post finds this post alone. */
const searches = (kept: Kept, found: Found): Book => {
  const wordOf = new Map([...kept.posts.values()].map(({ word, id }) => [word, id]))
  const living = livingPosts(kept)
  return {
    name: 'searches',
    compared: found.searches.size,
    faults: [...found.searches].flatMap(([word, hits]) => {
      const id = wordOf.get(word) ?? ''
      return eachOnce(`Search for ${word}`, living.has(id) ? [id] : [], hits)
    }),
  }
}

/** Users who were forgotten are gone. */
const erasures = ({ erased }: Kept, found: Found): Book => ({
  name: 'erasures',
  compared: erased.size,
  faults: [...erased].flatMap((user) => {
    const { erasure = 'unknown', profile = 0 } = found.erased.get(user) ?? {}
    return [
      ...(erasure === 'forgotten' ? [] : [`The erasure of ${user} is ${erasure}`]),
      ...(profile === 404 || profile === 410
        ? []
        : [`The profile of ${user}, who was erased, is answered with ${profile}`]),
    ]
  }),
})

/** Each read model is what the log yields. */
const readModels = (_: Kept, { audits }: Found): Book => ({
  name: 'read models',
  compared: sum(audits.map(({ looked }) => looked)),
  faults: [
    ...(audits.length === 0 ? ['No read model was audited'] : []),
    ...audits.flatMap(({ name, state, looked, same }) =>
      state === 'audited' && looked === same
        ? []
        : [`Read model ${name}: ${state}, ${looked - same} of ${looked} documents differ`],
    ),
  ],
})

const deadLetters = (_: Kept, { deadLetters: letters }: Found): Book => ({
  name: 'dead letters',
  compared: letters.length,
  faults: letters.map((letter) => `Dead letter: ${letter}`),
})

/**
 * Compares what was acknowledged with what is there at the end.
 * @param kept what clients were told
 * @param found read once nothing is under way any more
 */
export const checkBooks = (kept: Kept, found: Found): readonly Book[] =>
  [
    orders,
    money,
    stock,
    posts,
    followers,
    feeds,
    reviews,
    messages,
    files,
    profiles,
    notifications,
    searches,
    erasures,
    readModels,
    deadLetters,
  ].map((check) => check(kept, found))
