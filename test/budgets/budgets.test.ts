import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countedPostgres, type Cost, type CountedAgora } from './support/counted-agora.ts'
import { many, usedShop } from './support/used-shop.ts'

/** What an operation, or a second, may cost at most. */
type Budget = Partial<
  Record<'statements' | 'commits' | 'fsyncs' | 'timers' | 'promises' | 'turns', number>
>

/** What a second costs in which nothing happens: polls, heartbeats, positions that are saved late. */
const idleSecond = { statements: 4, commits: 2, fsyncs: 0.5, timers: 40, promises: 500, turns: 30 }

let postgres: Awaited<ReturnType<typeof countedPostgres>>
beforeAll(async () => {
  postgres = await countedPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())

/**
 * What exceeds a budget, in words. A slow machine takes longer, so that the seconds that passed are added to the budget.
 * @param budget of one operation
 * @param operations so many were counted
 */
const exceeded = (budget: Budget, cost: Cost, operations: number): readonly string[] =>
  Object.entries(budget).flatMap(([name, most]) => {
    const what = name as keyof Budget
    const each = (cost[what] - (idleSecond[what] * cost.took) / 1_000) / operations
    return each > most ? [`${what}: ${each.toFixed(2)} instead of at most ${most}`] : []
  })

const counted = ['statements', 'commits', 'fsyncs', 'timers', 'promises', 'turns'] as const

/**
 * What some work costs at the least, in two stretches: a busy machine only adds to it.
 * @param work done once in each
 */
const leastCost = async (agora: CountedAgora, work: () => Promise<unknown>): Promise<Cost> => {
  const [one, other] = [await agora.cost(work), await agora.cost(work)]
  const least = counted.map((name) => [name, Math.min(one[name], other[name])] as const)
  return { ...other, ...Object.fromEntries(least), took: Math.min(one.took, other.took) }
}

describe('in a shop that is used', () => {
  let agora: CountedAgora
  let used: Awaited<ReturnType<typeof usedShop>>
  beforeAll(async () => {
    agora = await postgres.start()
    used = await usedShop(agora)
  })
  afterAll(async () => {
    used.close()
    await agora[Symbol.asyncDispose]()
  })

  test('a command alone costs its append and one write of read models', async () => {
    const cost = await leastCost(agora, () => many(40, 1, used.count(1)))
    const budget = { statements: 2.1, commits: 2.1, fsyncs: 1, timers: 12, promises: 120 }
    expect(exceeded(budget, cost, 40), cost.summary).toEqual([])
  })

  test('commands at the same time share both', async () => {
    const cost = await leastCost(agora, () => many(640, 32, used.count(32)))
    // How many commands share a batch depends on how many come while the one before is being written.
    const budget = { statements: 0.3, commits: 0.3, fsyncs: 0.2, timers: 12, promises: 45 }
    expect(exceeded(budget, cost, 640), cost.summary).toEqual([])
  })

  test('a key costs its claim and its receipt', async () => {
    let keys = 0
    const keyed = () => ({ 'idempotency-key': `alone-${(keys += 1)}` })
    const cost = await leastCost(agora, () => many(40, 1, used.count(1, keyed)))
    const budget = { statements: 4.1, commits: 4.1, fsyncs: 3, timers: 14 }
    expect(exceeded(budget, cost, 40), cost.summary).toEqual([])
  })

  test('keys at the same time share claims and receipts', async () => {
    let keys = 0
    const keyed = () => ({ 'idempotency-key': `together-${(keys += 1)}` })
    const cost = await leastCost(agora, () => many(640, 32, used.count(32, keyed)))
    const budget = { statements: 0.8, commits: 0.8, fsyncs: 0.6, timers: 14 }
    expect(exceeded(budget, cost, 640), cost.summary).toEqual([])
  })

  test('a whole order alone costs few commits', async () => {
    const cost = await leastCost(agora, () => many(10, 1, used.order))
    expect(exceeded({ statements: 21, fsyncs: 9 }, cost, 10), cost.summary).toEqual([])
  })

  test('a whole order alone is confirmed after four appends and six commits in a row', async () => {
    const waited: number[] = []
    for (let number = 0; number < 6; number += 1)
      await agora.cost(async () => {
        await used.order(number)
        waited.push(agora.soFar().fsyncs)
      })
    // The buyer is told by mail meanwhile, which nobody waits for: the job of a mail may be among them.
    expect(Math.min(...waited)).toBeLessThanOrEqual(7)
    // Placed; reserved and asked to pay; paid; committed, confirmed and told of. Between the second and the third its job
    // is added and the card is charged.
    const ofLast = `
      SELECT count(DISTINCT xmin::text)::integer AS appends FROM agora.events
      WHERE position BETWEEN (SELECT max(position) FROM agora.events WHERE type = 'OrderPlaced')
        AND (SELECT max(position) FROM agora.events WHERE type = 'OrderConfirmed')`
    expect(await agora.ask(ofLast)).toEqual([{ appends: 4 }])
  })

  test('whole orders at the same time share nearly everything', async () => {
    const cost = await leastCost(agora, () => many(160, 32, used.buy))
    expect(exceeded({ statements: 2, fsyncs: 0.8 }, cost, 160), cost.summary).toEqual([])
  })

  test('a read of a product that did not change costs no statement', async () => {
    const cost = await leastCost(agora, () =>
      many(40, 1, async () => {
        const path = `/products/${used.products[0]}`
        expect((await used.buyer.call('GET', path)).status).toBe(200)
      }),
    )
    const budget = { statements: 0.1, commits: 0, fsyncs: 0, timers: 2 }
    expect(exceeded(budget, cost, 40), cost.summary).toEqual([])
  })

  test('a second in which nothing happens costs next to nothing', async () => {
    // The length of the stretch is what is measured against: nothing is waited for.
    const cost = await leastCost(agora, () => pause(3_000))
    expect(exceeded({ statements: 0, turns: 0, timers: 0 }, cost, 1), cost.summary).toEqual([])
  })
})

describe('further read models', () => {
  /** What commands cost more beside further read models. */
  const more = async (further: Parameters<typeof postgres.start>[0]): Promise<Cost> => {
    const costs: Cost[] = []
    for (const options of [{}, further]) {
      await using agora = await postgres.start(options)
      const { count, close } = await usedShop(agora)
      costs.push(await leastCost(agora, () => many(40, 1, count(1))))
      close()
    }
    const [none, all] = costs as [Cost, Cost]
    return {
      ...all,
      ...Object.fromEntries(counted.map((name) => [name, all[name] - none[name]])),
      took: Math.max(0, all.took - none.took),
    }
  }

  test('cost a command nothing, where they read none of its events', async () => {
    const cost = await more({ bystanders: 40 })
    const budget = { statements: 0.1, timers: 0.1, promises: 5, turns: 1 }
    expect(exceeded(budget, cost, 40), cost.summary).toEqual([])
  })

  test('add no commit to a command, where they read its events', async () => {
    const cost = await more({ companions: 5 })
    expect(exceeded({ commits: 0.1, statements: 0.1 }, cost, 40), cost.summary).toEqual([])
  })
})
