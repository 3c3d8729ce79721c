import { asId } from '#kernel'
import { UserId } from '../src/domains/shared/index.ts'
import type { Bench } from './support/bench.ts'
import { callers, inParallel, type Done } from './support/load.ts'
import { atLeast, atMost, type Measure } from './support/measure.ts'
import { admin, openShop, prefix, type Shop } from './support/shop.ts'
import { latencies, median, percentile } from './support/statistics.ts'
import { fillFollowers, fillTimelines } from './support/timelines.ts'

/** Followers of the writers that are compared; those of the last are all written to. */
const followers = { few: 10, many: 100_000, written: 5_000 }

/** Followed authors of the readers that are compared. */
const followed = { few: 10, many: 2_000 }

/** Entries of all timelines. */
const entries = 1_000_000

/** Users who like, at once. */
const likers = 20

/** Goals: times as multiples, and the rate of likes as a share. */
const goals = { posting: 1.2, page: 1.5, likes: 0.8 }

type Person = { readonly id: UserId; readonly token: string }

const register = async ({ client: { call } }: Shop, name: string): Promise<Person> => {
  const { tokens, data } = await call<{
    readonly tokens: { readonly accessToken: string }
    readonly data: { readonly userId: string }
  }>('POST', `${prefix}/auth/register`, {
    email: `${name}@bench.localhost`,
    username: name,
    password: admin.password,
  })
  return { token: tokens.accessToken, id: asId(UserId, data.userId) }
}

const publish = async ({ client: { call } }: Shop, { token }: Person) =>
  call<{ readonly data: { readonly id: string }; readonly meta: { readonly position: string } }>(
    'POST',
    `${prefix}/posts`,
    { content: 'The first lamp of the new series' },
    token,
  )

/** Runs loops in turn, in several rounds. @returns the calls of each, by round */
const inTurn = async <Name extends string>(
  rounds: number,
  loops: Readonly<Record<Name, () => Promise<Done>>>,
): Promise<readonly Readonly<Record<Name, Done>>[]> => {
  const all: Readonly<Record<Name, Done>>[] = []
  for (let round = 0; round < rounds; round += 1) {
    const done: Partial<Record<Name, Done>> = {}
    const names = Object.keys(loops) as Name[]
    // Neither is always the first.
    for (const name of round % 2 ? names.toReversed() : names) done[name] = await loops[name]()
    all.push(done as Record<Name, Done>)
  }
  return all
}

const compared = (
  what: string,
  reference: string,
  rounds: readonly { readonly few: Done; readonly many: Done }[],
  goal: number,
): Measure => {
  const p50 = ({ latencies: each }: Done): number => percentile(each, 0.5)
  const ratio = median(rounds.map(({ few, many }) => p50(many) / p50(few)))
  return {
    what: `${what}, p50`,
    figure: median(rounds.map(({ many }) => p50(many))),
    unit: 'ms',
    reference: { what: reference, figure: median(rounds.map(({ few }) => p50(few))) },
    ratio,
    goal: atMost(goal, '', ratio),
    notes: [latencies(rounds.flatMap(({ many }) => many.latencies))],
  }
}

/** Time from a post to the feed of one of those that it is written to, in ms. */
const untilShown = async (shop: Shop, writer: Person, reader: Person): Promise<number> => {
  const since = performance.now()
  const { data, meta } = await publish(shop, writer)
  const found = await shop.client.call<{
    readonly data: { readonly posts: readonly { readonly id: string }[] }
  }>('GET', `${prefix}/posts/feed?minPosition=${meta.position}`, undefined, reader.token)
  if (found.data.posts[0]?.id !== data.id) throw new Error('The feed does not have the post')
  return performance.now() - since
}

/** Posts, pages of feeds and likes, at sizes far apart. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using shop = await openShop(bench, { products: 1 })
  const [few, many, written, readsFew, readsMany, readsWritten] = await inParallel(
    ['few', 'many', 'written', 'readsfew', 'readsmany', 'readswritten'],
    2,
    (name) => register(shop, name),
  )
  const liking = await inParallel(
    Array.from({ length: likers }, (_, nth) => nth),
    2,
    (nth) => register(shop, `liker${nth}`),
  )
  await fillFollowers(shop, few!, followers.few)
  await fillFollowers(shop, many!, bench.many(followers.many))
  await fillFollowers(shop, written!, followers.written - 1)
  await fillTimelines(
    bench,
    shop,
    [
      { id: readsFew!.id, authors: followed.few },
      { id: readsMany!.id, authors: bench.many(followed.many) },
    ],
    bench.many(entries),
  )
  await shop.client.call(
    'POST',
    `${prefix}/users/${written!.id}/follow`,
    undefined,
    readsWritten!.token,
  )
  await shop.database.checkpoint()

  const rounds = bench.rounds(5)
  const posting = (writer: Person) => () =>
    callers(4, bench.seconds(2), () => publish(shop, writer))
  await posting(few!)()
  const posted = await inTurn(rounds, { few: posting(few!), many: posting(many!) })
  bench.progress('posted')

  const reading =
    ({ token }: Person) =>
    () =>
      callers(4, bench.seconds(2), () =>
        shop.client.call('GET', `${prefix}/posts/feed?limit=20`, undefined, token),
      )
  await reading(readsMany!)()
  const read = await inTurn(rounds, { few: reading(readsFew!), many: reading(readsMany!) })
  bench.progress('read')

  const shown: number[] = []
  for (let nth = 0; nth < rounds * 2; nth += 1)
    shown.push(await untilShown(shop, written!, readsWritten!))

  const targets = await inParallel(liking, 4, async () => (await publish(shop, few!)).data.id)
  const liked = (targetOf: (nth: number) => string) => async (): Promise<Done> => {
    const turns = liking.map((): 'POST' | 'DELETE' => 'POST')
    const idle = [...turns.keys()]
    return callers(liking.length, bench.seconds(3), async () => {
      const nth = idle.shift()!
      const turn = turns[nth]!
      turns[nth] = turn === 'POST' ? 'DELETE' : 'POST'
      await shop.client.call(
        turn,
        `${prefix}/posts/${targetOf(nth)}/like`,
        undefined,
        liking[nth]!.token,
      )
      idle.push(nth)
    })
  }
  const onOne = liked(() => targets[0]!)
  const onMany = liked((nth) => targets[nth]!)
  await onMany()
  const likes = await inTurn(rounds, { one: onOne, spread: onMany })
  const share = median(likes.map(({ one, spread }) => one.rate / spread.rate))

  return [
    compared(
      `POST /posts with ${bench.many(followers.many)} followers`,
      `with ${followers.few}`,
      posted,
      goals.posting,
    ),
    compared(
      `GET /posts/feed of ${bench.many(followed.many)} followed authors, among ${bench.many(entries)} entries`,
      `of ${followed.few}`,
      read,
      goals.page,
    ),
    {
      what: `POST /posts with ${followers.written} followers until it is in a feed`,
      figure: median(shown),
      unit: 'ms',
    },
    {
      what: `likes of one post by ${liking.length} users`,
      figure: median(likes.map(({ one }) => one.rate)),
      unit: '/s',
      reference: {
        what: 'of a post each',
        figure: median(likes.map(({ spread }) => spread.rate)),
      },
      ratio: share,
      goal: atLeast(goals.likes, '', share),
    },
  ]
}
