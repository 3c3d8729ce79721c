import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Person } from '../support/shop.ts'
import { countedPostgres, type Cost, type CountedAgora } from './support/counted-agora.ts'

/** What an operation may cost at most; figures are averages of many. */
type Budget = Partial<
  Record<'statements' | 'commits' | 'fsyncs' | 'timers' | 'promises' | 'turns', number>
>

let postgres: Awaited<ReturnType<typeof countedPostgres>>
beforeAll(async () => {
  postgres = await countedPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())

/** Fails when one operation of several cost more than it may, and says by what. */
const within = (budget: Budget, cost: Cost, operations: number): void => {
  const exceeded = Object.entries(budget).flatMap(([what, most]) => {
    const each = cost[what as keyof Budget] / operations
    return each > most ? [`${what}: ${each.toFixed(2)} instead of at most ${most}`] : []
  })
  expect(exceeded, `${operations} operations executed\n${cost.summary}\n`).toEqual([])
}

/** Runs an operation many times, some at a time. */
const many = async (
  total: number,
  atOnce: number,
  operation: (number: number) => Promise<unknown>,
): Promise<void> => {
  const left = Array.from({ length: total }, (_, number) => number).values()
  const worker = async () => {
    for (const number of left) await operation(number)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** A shop with products, somebody who sells them and somebody who buys them, all of which has been used before. */
const usedShop = async ({ shop }: CountedAgora) => {
  const seller = await shop.admin()
  const products = await Promise.all(Array.from({ length: 32 }, () => shop.sell(10_000)))
  const buyer = await shop.register()
  const count =
    (at: number, headers: Record<string, string> = {}) =>
    async (number: number) => {
      const body = { quantity: 10_000 + number, reason: 'count' }
      const product = products[number % at]!
      const { status, text } = await seller.call('PUT', `/inventory/${product}`, body, headers)
      expect(status, text).toBe(200)
    }
  const buy = async (number: number): Promise<string> =>
    buyer.buy({ [products[number % products.length]!]: 1 })
  // The first of each kind prepares statements and fills caches.
  await many(64, 8, count(32))
  for (let number = 0; number < 5; number += 1) await settled(buyer, await buy(number))
  return { seller, buyer, products, count, buy }
}

const settled = async (buyer: Person, orderId: string): Promise<void> => {
  expect((await buyer.settled(orderId)).status).toBe('CONFIRMED')
}

test('a command, an order and an idle second cost no more than they may', async () => {
  await using agora = await postgres.start()
  const { buyer, products, count, buy } = await usedShop(agora)
  const key = (number: number) => ({ 'idempotency-key': `budget-${number}` })

  const alone = await agora.cost(() => many(40, 1, count(1)))
  within({ statements: 2.5, commits: 2.5, fsyncs: 1.1, timers: 12, promises: 300 }, alone, 40)
  const together = await agora.cost(() => many(640, 32, count(32)))
  within({ statements: 0.3, commits: 0.3, fsyncs: 0.15, timers: 12, promises: 150 }, together, 640)

  const keyed = await agora.cost(() => many(40, 1, (number) => count(1, key(number))(number)))
  within({ statements: 5, commits: 5, fsyncs: 3.1, timers: 14 }, keyed, 40)
  const keyedTogether = await agora.cost(() =>
    many(640, 32, (number) => count(32, key(1_000 + number))(number)),
  )
  within({ statements: 1, commits: 1, fsyncs: 0.6, timers: 14 }, keyedTogether, 640)

  const orders = await agora.cost(() =>
    many(10, 1, async (number) => settled(buyer, await buy(number))),
  )
  within({ statements: 25, fsyncs: 12 }, orders, 10)
  const flood = await agora.cost(() => many(160, 32, buy))
  within({ statements: 2, fsyncs: 0.8 }, flood, 160)

  const reads = await agora.cost(() =>
    many(40, 1, async () => {
      expect((await buyer.call('GET', `/products/${products[0]}`)).status).toBe(200)
    }),
  )
  within({ statements: 0.2, commits: 0.1, fsyncs: 0, timers: 2 }, reads, 40)

  // The length of the stretch is what is measured against: nothing is waited for.
  const idle = await agora.cost(() => pause(3_000))
  within({ statements: 4, turns: 30 }, idle, idle.took / 1_000)
})

test('a read model that reads nothing of a command costs it nothing', async () => {
  const costs: Cost[] = []
  for (const bystanders of [0, 40]) {
    await using agora = await postgres.start({ bystanders })
    const { count } = await usedShop(agora)
    costs.push(await agora.cost(() => many(40, 1, count(1))))
  }
  const [none, forty] = costs as [Cost, Cost]
  const more = { ...forty, statements: forty.statements - none.statements }
  within({ statements: 0.1 }, more, 40)
  within({ timers: 0.1 }, { ...forty, timers: forty.timers - none.timers }, 40)
  within({ turns: 1 }, { ...forty, turns: forty.turns - none.turns }, 40)
})

test('one more read model that reads a command adds no commit', async () => {
  const costs: Cost[] = []
  for (const companions of [0, 5]) {
    await using agora = await postgres.start({ companions })
    const { count } = await usedShop(agora)
    costs.push(await agora.cost(() => many(40, 1, count(1))))
  }
  const [none, five] = costs as [Cost, Cost]
  within({ commits: 0.1 }, { ...five, commits: five.commits - none.commits }, 40)
  within({ statements: 0.1 }, { ...five, statements: five.statements - none.statements }, 40)
})
