import type { Bench } from '../support/bench.ts'
import { coreOf } from '../support/core.ts'
import { share } from '../support/cpu.ts'
import { callers, type Done } from '../support/load.ts'
import type { Measure } from '../support/measure.ts'
import { usageOfThis } from '../support/usage.ts'
import { quietRounds } from '../support/rounds.ts'
import { serveLog, servedCore } from '../support/served-log.ts'
import { latencies, median } from '../support/statistics.ts'
import { many, stockCommands, type StockCommands } from '../support/stock-commands.ts'

const kinds = ['onNew', 'onExisting'] as const
type Kind = (typeof kinds)[number]
type Round = Readonly<Record<Kind, { readonly served: Done; readonly direct: Done }>>

/** Commands of 256 callers with the log behind EventStoreDB's protocol, relative to the same on the Postgres log. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using open = new AsyncDisposableStack()
  const here = open.use(await bench.freshDatabase())
  const there = open.use(await bench.freshDatabase())
  const server = open.use(await serveLog(bench, there))
  const count = bench.many(2_000)
  const direct = await stockCommands(open.use(await coreOf(here.database)), count)
  const served = await stockCommands(open.use(await servedCore(server, there)), count)

  const busy: string[] = []
  const run = async (name: string, commands: StockCommands, kind: Kind): Promise<Done> => {
    await here.checkpoint()
    const since = performance.now()
    const { cpu } = usageOfThis()
    const ofServer = await server.share()
    const postgres = bench.postgresShare()
    const done = await callers(many, bench.seconds(2.5), commands[kind])
    const own = share(usageOfThis().cpu - cpu, (performance.now() - since) / 1_000)
    busy.push(
      `${name}: this process ${own}, server ${await ofServer()}, PostgreSQL ${postgres()} of a core`,
    )
    return done
  }
  const both = async (kind: Kind) => ({
    direct: await run(`${kind}, Postgres log`, direct, kind),
    served: await run(`${kind}, endpoint`, served, kind),
  })

  for (const commands of [direct, served])
    for (const kind of kinds) await callers(many, bench.seconds(1), commands[kind])
  const { rounds, note } = await quietRounds(bench.rounds(3), async (): Promise<Round> => ({
    onNew: await both('onNew'),
    onExisting: await both('onExisting'),
  }))
  await server.profiled('served-execute-server', () =>
    bench.profiled('served-execute', () => callers(many, bench.seconds(2), served.onExisting)),
  )

  const measureOf = (what: string, kind: Kind, notes: readonly string[] = []): Measure => {
    const all = (of: 'served' | 'direct') => rounds.map((round) => round[kind][of])
    const figureOf = (of: 'served' | 'direct') => median(all(of).map(({ rate }) => rate))
    const spread = (of: 'served' | 'direct') => latencies(all(of).flatMap((done) => done.latencies))
    return {
      what: `execute, ${many} callers, ${what}, log behind the endpoint`,
      figure: figureOf('served'),
      unit: '/s',
      reference: { what: 'Postgres log', figure: figureOf('direct') },
      ratio: median(rounds.map((round) => round[kind].served.rate / round[kind].direct.rate)),
      notes: [`${spread('served')}; Postgres log ${spread('direct')}`, ...notes],
    }
  }
  return [
    measureOf('new streams', 'onNew'),
    measureOf(`${count} existing streams`, 'onExisting', [...busy.slice(-4), note]),
  ]
}
