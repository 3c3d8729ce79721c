import type { AgoraProcess } from '../agora.ts'
import { successOf, type Credentials } from '../shop.ts'
import { until } from '../until.ts'
import { castOf, type NextStep } from './cast.ts'
import { readBy } from './read-by.ts'
import { tellMarketplace } from './story-marketplace.ts'
import { tellNetwork } from './story-network.ts'
import { tellOperations } from './story-operations.ts'
import { tellShop } from './story-shop.ts'

/** An answer to a GET. */
export type Answer = {
  /** Name of the person who read it; undefined without a token. */
  readonly by?: string
  readonly path: string
  readonly status: number
  readonly data: unknown
}

/** What an Agora had acknowledged when it was killed. */
export type Story = {
  readonly people: Readonly<Record<string, Credentials>>
  /** Of a session of ada's that was open. */
  readonly refreshToken: string
  /** Answers that stay the same as long as nobody changes anything. */
  readonly answers: readonly Answer[]
  /** Of ben's orders that were acknowledged, and under way when Agora was killed. */
  readonly openOrders: readonly string[]
  /** The product that these orders are of, and its pieces before. */
  readonly ordered: { readonly productId: string; readonly quantity: number }
  /** What goes on after the upgrade, in this order. The story of 0.1.0 has none. */
  readonly next?: readonly NextStep[]
}

/** Pieces that are there before ben orders. */
const quantity = 50

/**
 * Has people buy, sell their work, post and leave, and an admin serve them, so that the tables have rows; reads everything back, then
 * kills Agora while orders are under way.
 * @param admin of this Agora
 */
export const tellStory = async (agora: AgoraProcess, admin: Credentials): Promise<Story> => {
  const { shop } = agora
  const cast = await castOf(shop)
  const { ada, ben, cleo } = cast
  const parts = [
    await tellOperations(agora, cast),
    await tellShop(shop, cast),
    await tellMarketplace(cast),
    await tellNetwork(shop, cast),
  ]
  const ordered = { productId: await shop.sell(quantity, 700, 'Cup'), quantity }
  const again = successOf(
    await shop.anyone('POST', '/auth/login', { email: ada.email, password: ada.password }),
    200,
  )
  const { tokens } = successOf(
    await shop.anyone('POST', '/auth/refresh', { refreshToken: again.body.tokens.refreshToken }),
    200,
  ).body
  const readings = [
    ...parts.flatMap((part) => part.readings),
    ['ada', '/orders?limit=100'],
    ['ada', '/users/me'],
    ['ben', '/users/me'],
    ['ada', `/notifications/user/${ada.id}?limit=100`],
  ] as const
  const read = (): Promise<readonly Answer[]> =>
    Promise.all(
      readings.map(async ([by, path]) => {
        const call = by === undefined ? shop.anyone : cast[by].call
        return { ...(by && { by }), path, ...(await readBy(call, path)) }
      }),
    )
  // Mails and refunds are under way: read until two readings are equal.
  let answers = await read()
  await until(
    async () => {
      const before = new Set(answers.map((answer) => JSON.stringify(answer)))
      answers = await read()
      return answers
        .map((answer) => JSON.stringify(answer))
        .filter((text) => !before.has(text) || /"(PENDING|STOCK_RESERVED)"/.test(text))
    },
    (unsettled) => unsettled.length === 0,
    { every: 3_000 },
  )

  const cards = ['tok_slow', 'tok_ok', 'tok_slow', 'tok_unavailable', 'tok_slow', 'tok_declined']
  const openOrders = await Promise.all(
    cards.map((card) => ben.buy({ [ordered.productId]: 1 }, card)),
  )
  await agora.kill()
  const credentialsOf = ({ email, password }: Credentials) => ({ email, password })
  return {
    people: {
      root: admin,
      ada: credentialsOf(ada),
      ben: credentialsOf(ben),
      cleo: credentialsOf(cleo),
    },
    refreshToken: tokens.refreshToken,
    answers,
    openOrders,
    ordered,
    next: parts.flatMap((part) => part.next ?? []),
  }
}
