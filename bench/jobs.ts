import { randomUUID } from 'node:crypto'
import type { Queue } from '../src/platform/messaging/queue/port.ts'
import { bullmqQueue } from '../src/platform/messaging/queue/bullmq.ts'
import { postgresQueue } from '../src/platform/messaging/queue/postgres.ts'
import type { Bench } from './support/bench.ts'
import { medianCost, meter, type Metered } from './support/costs.ts'
import type { Measure } from './support/measure.ts'
import { quietRounds } from './support/rounds.ts'
import { median } from './support/statistics.ts'

const name = 'bench'

const throwError = (error: unknown) => {
  throw error
}

type Phase = { readonly rate: number; readonly cost: Awaited<ReturnType<Metered>> }

/** Adds jobs in one call, then executes them. @returns jobs per second of each, and their cost */
const run = async (
  bench: Bench,
  queue: Queue,
  count: number,
): Promise<{ readonly added: Phase; readonly done: Phase }> => {
  const jobs = Array.from({ length: count }, () => ({ id: randomUUID(), data: { some: 'work' } }))
  const addingCost = await meter(bench)
  const adding = performance.now()
  await queue.add(name, jobs)
  const added = {
    rate: count / ((performance.now() - adding) / 1_000),
    cost: await addingCost(count),
  }

  const all = Promise.withResolvers<void>()
  let left = count
  const workingCost = await meter(bench)
  const working = performance.now()
  const worker = await queue.work(
    name,
    async () => {
      left -= 1
      if (left === 0) all.resolve()
    },
    { concurrency: 64 },
  )
  await all.promise
  const done = {
    rate: count / ((performance.now() - working) / 1_000),
    cost: await workingCost(count),
  }
  await worker.stop()
  return { added, done }
}

/** Jobs of the queue in plain rows, relative to BullMQ on the same PostgreSQL. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using own = await bench.freshDatabase()
  await using open = new AsyncDisposableStack()
  const rows = open.adopt(postgresQueue(own.database, { onError: throwError }), (it) => it.close())
  const bull = open.adopt(
    await bullmqQueue(own.url, { queues: [name], onError: throwError }),
    (it) => it.close(),
  )
  await run(bench, rows, bench.many(500))
  await run(bench, bull, bench.many(500))
  const { rounds, note } = await quietRounds(bench.rounds(3), async () => ({
    rows: await run(bench, rows, bench.many(8_000)),
    bull: await run(bench, bull, bench.many(2_000)),
  }))
  const measureOf = (what: string, of: 'added' | 'done'): Measure => ({
    what,
    figure: median(rounds.map((round) => round.rows[of].rate)),
    unit: '/s',
    reference: {
      what: 'BullMQ on PostgreSQL',
      figure: median(rounds.map((one) => one.bull[of].rate)),
    },
    ratio: median(rounds.map((round) => round.rows[of].rate / round.bull[of].rate)),
    cost: medianCost(rounds.map((round) => round.rows[of].cost)),
    notes: [note],
  })
  return [
    measureOf('jobs added in one go, queue in rows', 'added'),
    measureOf('jobs carried out, queue in rows, 64 at once', 'done'),
  ]
}
