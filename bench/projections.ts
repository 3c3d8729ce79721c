import type { Bench } from './support/bench.ts'
import { catchUpOf, subjects, type Subject } from './support/catch-up.ts'
import { coreOf } from './support/core.ts'
import { medianCost, meter } from './support/costs.ts'
import { writeHistory } from './support/history.ts'
import { atLeast, type Measure } from './support/measure.ts'
import { readPages } from './support/read-pages.ts'
import { quietRounds } from './support/rounds.ts'
import { median } from './support/statistics.ts'

const measureSubject = async (
  bench: Bench,
  { what, profile, of, models: projectionsOf, goal: least }: Subject,
): Promise<Measure> => {
  await using own = await bench.freshDatabase()
  await using core = await coreOf(own.database)
  await writeHistory(core.log, of, bench.many(100_000))
  await own.database.query('ANALYZE agora.events')
  const models = projectionsOf(core)
  await using runtime = await catchUpOf(own, core)

  const { rounds, note } = await quietRounds(bench.rounds(3), async () => {
    await own.checkpoint()
    const raw = await readPages(own)
    const ended = await meter(bench)
    const rate = await runtime.catchUp(models)
    return { raw, rate, cost: await ended(Number(await core.log.head())) }
  })
  if (bench.profiles !== undefined) await bench.profiled(profile, () => runtime.catchUp(models))
  const figure = median(rounds.map(({ rate }) => rate))
  return {
    what: `${what}, ${await core.log.head()} events`,
    figure,
    unit: '/s',
    reference: { what: 'raw pages', figure: median(rounds.map(({ raw }) => raw)) },
    ratio: median(rounds.map(({ raw, rate }) => rate / raw)),
    ...(least !== undefined && { goal: atLeast(least, '/s', figure) }),
    cost: medianCost(rounds.map(({ cost }) => cost)),
    notes: [`rounds: ${rounds.map(({ rate }) => `${Math.round(rate)}/s`).join(', ')}`, note],
  }
}

/** Catch-up of read models with a log of 100,000 events, relative to reading the same log page by page. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  const measures: Measure[] = []
  for (const subject of subjects) measures.push(await measureSubject(bench, subject))
  return measures
}
