import type { Bench } from '../support/bench.ts'
import { catchUpOf, subjects, type Subject } from '../support/catch-up.ts'
import { coreOf } from '../support/core.ts'
import { share } from '../support/cpu.ts'
import { writeHistory } from '../support/history.ts'
import type { Measure } from '../support/measure.ts'
import { usageOfThis } from '../support/usage.ts'
import { quietRounds } from '../support/rounds.ts'
import { serveLog, servedCore } from '../support/served-log.ts'
import { median } from '../support/statistics.ts'

const measureSubject = async (
  bench: Bench,
  { what, profile, of, models: projectionsOf }: Subject,
): Promise<Measure> => {
  await using open = new AsyncDisposableStack()
  const own = open.use(await bench.freshDatabase())
  const core = open.use(await coreOf(own.database))
  await writeHistory(core.log, of, bench.many(100_000))
  await own.database.query('ANALYZE agora.events')
  const server = open.use(await serveLog(bench, own))
  // Its read models are in a database of their own; only the log that they follow differs.
  const other = open.use(await bench.freshDatabase())
  const far = open.use(await servedCore(server, other))
  const models = projectionsOf(core)
  const direct = open.use(await catchUpOf(own, core))
  const served = open.use(await catchUpOf(other, far))

  const { rounds, note } = await quietRounds(bench.rounds(3), async () => {
    await own.checkpoint()
    const reference = await direct.catchUp(models)
    await own.checkpoint()
    const since = performance.now()
    const { cpu } = usageOfThis()
    const ofServer = await server.share()
    const postgres = bench.postgresShare()
    const rate = await served.catchUp(models)
    const here = share(usageOfThis().cpu - cpu, (performance.now() - since) / 1_000)
    const busy = `this process ${here}, server ${await ofServer()}, PostgreSQL ${postgres()} of a core`
    return { reference, rate, busy }
  })
  if (bench.profiles !== undefined)
    await server.profiled(`served-${profile}-server`, () =>
      bench.profiled(`served-${profile}`, () => served.catchUp(models)),
    )
  return {
    what: `${what}, ${await core.log.head()} events, log behind the endpoint`,
    figure: median(rounds.map(({ rate }) => rate)),
    unit: '/s',
    reference: {
      what: 'Postgres log',
      figure: median(rounds.map(({ reference }) => reference)),
    },
    ratio: median(rounds.map(({ reference, rate }) => rate / reference)),
    notes: [...rounds.map(({ rate, busy }) => `${Math.round(rate)}/s: ${busy}`), note],
  }
}

/** Catch-up of read models with a log behind EventStoreDB's protocol, relative to the same on the Postgres log. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  const measures: Measure[] = []
  for (const subject of subjects) measures.push(await measureSubject(bench, subject))
  return measures
}
