import { openWholeLog } from '../src/cli-logs/open-whole-log.ts'
import { copyLog } from '../src/edges/cli/copy.ts'
import { postgresEventLog } from '../src/platform/storage/event-log/postgres.ts'
import type { Bench } from './support/bench.ts'
import { medianCost, meter } from './support/costs.ts'
import { writeHistory } from './support/history.ts'
import { atLeast, type Measure } from './support/measure.ts'
import { readPages } from './support/read-pages.ts'
import { quietRounds } from './support/rounds.ts'
import { median } from './support/statistics.ts'

/** Rate of `agora copy` between two PostgreSQL logs, including the verification; reference: reading the log page by page. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using source = await bench.freshDatabase()
  const log = await postgresEventLog(source.database)
  await writeHistory(log, 'whole', bench.many(100_000))
  const events = Number(await log.head())
  await log.close()

  const { rounds, note } = await quietRounds(bench.rounds(3), async () => {
    await using target = await bench.freshDatabase()
    await using from = await openWholeLog(source.url, { writes: false })
    await using to = await openWholeLog(target.url, { writes: true })
    await source.checkpoint()
    const raw = await readPages(source)
    const ended = await meter(bench)
    const since = performance.now()
    await bench.profiled('copy', () =>
      copyLog({
        from,
        to,
        verifyOnly: false,
        show: () => undefined,
        signal: new AbortController().signal,
      }),
    )
    const rate = events / ((performance.now() - since) / 1_000)
    return { raw, rate, cost: await ended(events) }
  })
  const figure = median(rounds.map(({ rate }) => rate))
  return [
    {
      what: `copied and read back, ${events} events`,
      figure,
      unit: '/s',
      reference: { what: 'raw pages', figure: median(rounds.map(({ raw }) => raw)) },
      ratio: median(rounds.map(({ raw, rate }) => rate / raw)),
      cost: medianCost(rounds.map(({ cost }) => cost)),
      goal: atLeast(20_000, '/s', figure),
      notes: [note],
    },
  ]
}
