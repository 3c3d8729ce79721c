import { argon2Passwords } from '../src/platform/security/passwords/argon2.ts'
import type { Bench } from './support/bench.ts'
import { client } from './support/client.ts'
import { medianCost, meter } from './support/costs.ts'
import { callers, inParallel, openLoop } from './support/load.ts'
import { atMost, type Cost, type Measure } from './support/measure.ts'
import { quietRounds } from './support/rounds.ts'
import { admin, openShop, prefix } from './support/shop.ts'
import { latencies, median, percentile } from './support/statistics.ts'

/** Number of concurrent logins: more than there are cores. */
const concurrentLogins = 8

/** Reads per second beside the logins: enough to measure their latency, and too few to affect the logins. */
const reads = 20

type Round = {
  readonly hashes: number
  readonly logins: number
  readonly waits: readonly number[]
  readonly cost: Required<Cost>
}

/** Rate of logins, relative to bare password checks, and the latency of reads at the same time. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using shop = await openShop(bench, { products: 20 })
  using signingIn = client(shop.server.url, concurrentLogins)
  using reading = client(shop.server.url, reads)
  const passwords = argon2Passwords()
  const hash = await passwords.hash(admin.password)

  // Different accounts, as attempts at one account are throttled.
  const people = Array.from({ length: 4 * concurrentLogins }, (_, n) => `person${n}`)
  await inParallel(people, concurrentLogins, (username) =>
    signingIn.call('POST', `${prefix}/auth/register`, {
      email: `${username}@bench.localhost`,
      username,
      password: admin.password,
    }),
  )
  let turn = 0
  const signIn = () =>
    signingIn.call('POST', `${prefix}/auth/login`, {
      email: `${people[turn++ % people.length]}@bench.localhost`,
      password: admin.password,
    })
  const read = async (): Promise<number> => {
    const startedAt = performance.now()
    await reading.call('GET', `${prefix}/products`)
    return performance.now() - startedAt
  }

  await callers(concurrentLogins, bench.seconds(2), signIn)
  const { rounds, note } = await quietRounds(bench.rounds(3), async (): Promise<Round> => {
    const bare = await callers(concurrentLogins, bench.seconds(4), () =>
      passwords.verify(admin.password, hash),
    )
    const seconds = bench.seconds(6)
    const ended = await meter(bench, shop.server)
    const [done, waits] = await Promise.all([
      callers(concurrentLogins, seconds, signIn),
      openLoop(reads, seconds, read),
    ])
    const cost = await ended(done.latencies.length)
    return { hashes: bare.rate, logins: done.rate, waits, cost }
  })

  const ratio = median(rounds.map(({ logins, hashes }) => logins / hashes))
  const p99 = median(rounds.map(({ waits }) => percentile(waits, 0.99)))
  return [
    {
      what: `logins, ${concurrentLogins} at once`,
      figure: median(rounds.map(({ logins }) => logins)),
      unit: '/s',
      reference: { what: 'bare hashes', figure: median(rounds.map(({ hashes }) => hashes)) },
      ratio,
      cost: medianCost(rounds.map(({ cost }) => cost)),
      goal: { text: '≥ 0.85', met: ratio >= 0.85 },
      notes: [note],
    },
    {
      what: `GET /products beside them, ${reads}/s, p99`,
      figure: p99,
      unit: 'ms',
      goal: atMost(50, 'ms', p99),
      notes: [latencies(rounds.flatMap(({ waits }) => waits))],
    },
  ]
}
