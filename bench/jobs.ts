import { randomUUID } from 'node:crypto'
import type { Queue } from '../src/platform/queue/port.ts'
import { bullmqQueue } from '../src/platform/queue/bullmq.ts'
import { postgresQueue } from '../src/platform/queue/postgres.ts'
import type { Bench } from './support/bench.ts'
import type { Measure } from './support/measure.ts'
import { quietRounds } from './support/rounds.ts'
import { median } from './support/statistics.ts'

const name = 'bench'

const throwError = (error: unknown) => {
  throw error
}

/** @returns jobs a second: added in one go, and carried out */
const run = async (queue: Queue, count: number): Promise<{ added: number; done: number }> => {
  const jobs = Array.from({ length: count }, () => ({ id: randomUUID(), data: { some: 'work' } }))
  const adding = performance.now()
  await queue.add(name, jobs)
  const added = count / ((performance.now() - adding) / 1_000)

  const all = Promise.withResolvers<void>()
  let left = count
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
  const done = count / ((performance.now() - working) / 1_000)
  await worker.stop()
  return { added, done }
}

/** Jobs of the queue in plain rows, beside BullMQ's on the same PostgreSQL. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using own = await bench.freshDatabase()
  await using open = new AsyncDisposableStack()
  const rows = open.adopt(postgresQueue(own.database, { onError: throwError }), (it) => it.close())
  const bull = open.adopt(
    await bullmqQueue(own.url, { queues: [name], onError: throwError }),
    (it) => it.close(),
  )
  await run(rows, bench.many(500))
  await run(bull, bench.many(500))
  const { rounds, note } = await quietRounds(bench.rounds(3), async () => ({
    rows: await run(rows, bench.many(8_000)),
    bull: await run(bull, bench.many(2_000)),
  }))
  const measureOf = (what: string, of: 'added' | 'done'): Measure => ({
    what,
    figure: median(rounds.map((round) => round.rows[of])),
    unit: '/s',
    reference: { what: 'BullMQ on PostgreSQL', figure: median(rounds.map((one) => one.bull[of])) },
    ratio: median(rounds.map((round) => round.rows[of] / round.bull[of])),
    notes: [note],
  })
  return [
    measureOf('jobs added in one go, queue in rows', 'added'),
    measureOf('jobs carried out, queue in rows, 64 at once', 'done'),
  ]
}
