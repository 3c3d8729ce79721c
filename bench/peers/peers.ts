import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { Bench } from '../support/bench.ts'
import { coreOf } from '../support/core.ts'
import { medianCost, meter } from '../support/costs.ts'
import { cpuOf } from '../support/cpu.ts'
import { callers } from '../support/load.ts'
import type { Cost, Measure } from '../support/measure.ts'
import { quietRounds } from '../support/rounds.ts'
import { median } from '../support/statistics.ts'
import { stockCommands } from '../support/stock-commands.ts'
import { installPeers } from './install.ts'
import { together } from './workload.ts'

/** The peers, each with its module in this folder. */
const peers = [
  { name: 'Emmett', module: 'emmett.mjs' },
  { name: 'Castore', module: 'castore.mjs' },
  { name: 'message-db', module: 'message-db.mjs' },
] as const

type Run = { readonly rate: number; readonly cost: Required<Cost> }

/** Executes commands for a number of seconds. */
type Runner = AsyncDisposable & { readonly run: (seconds: number) => Promise<Run> }

const ended = async (child: ChildProcess): Promise<never> => {
  const [code] = await once(child, 'exit')
  throw new Error(`A peer ended (${String(code)})`)
}

/** Starts a peer in a process of its own, on a database of its own. */
const startPeer = async (bench: Bench, module: string): Promise<Runner> => {
  await using starting = new AsyncDisposableStack()
  const { url } = starting.use(await bench.freshDatabase({ connections: 1 }))
  const file = pathToFileURL(join(import.meta.dirname, module)).href
  const child = fork(join(import.meta.dirname, 'peer-process.ts'), [file, url], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    execArgv: [],
  })
  const exited = once(child, 'exit')
  starting.defer(async () => {
    child.kill()
    await exited
  })
  const failure = ended(child)
  failure.catch(() => undefined)
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value } = await Promise.race([lines.next(), failure])
    return JSON.parse(String(value)) as { rate: number; count: number; cpu: number }
  }
  await answer()
  const everything = starting.move()
  return {
    run: async (seconds) => {
      const postgres = cpuOf(bench.postgresPid)
      child.stdin!.write(`${seconds}\n`)
      const { rate, count, cpu } = await answer()
      const each = 1e6 / count
      const used = cpuOf(bench.postgresPid) - postgres
      return { rate, cost: { server: cpu * each, postgres: used * each, load: Number.NaN } }
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

/** Executes Agora's commands in this process. */
const startAgora = async (bench: Bench): Promise<Runner> => {
  await using starting = new AsyncDisposableStack()
  const { database } = starting.use(await bench.freshDatabase())
  const core = starting.use(await coreOf(database))
  const { onExisting } = await stockCommands(core, together.streams)
  // Streams of the same length as those of the peers.
  for (let events = 1; events < together.events; events += 1)
    for (let stream = 0; stream < together.streams; stream += together.callers)
      await Promise.all(Array.from({ length: together.callers }, onExisting))
  const everything = starting.move()
  return {
    run: async (seconds) => {
      const measured = await meter(bench)
      const { rate, latencies } = await callers(together.callers, seconds, onExisting)
      return { rate, cost: await measured(latencies.length) }
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

const costOf = ({ server, postgres }: Required<Cost>): string =>
  `${server.toFixed(0)} + ${postgres.toFixed(0)} µs`

/** The same commands by Agora and by other event stores, on one PostgreSQL, in turn. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  const missing = await installPeers()
  if (missing !== undefined) {
    console.log(`The peers are not measured, as they cannot be installed here: ${missing}`)
    return []
  }
  await using all = new AsyncDisposableStack()
  const agora = all.use(await startAgora(bench))
  const others: { readonly name: string; readonly runner: Runner }[] = []
  for (const { name, module } of peers)
    others.push({ name, runner: all.use(await startPeer(bench, module)) })

  for (const { run } of [agora, ...others.map(({ runner }) => runner)]) await run(bench.seconds(1))
  const { rounds, note } = await quietRounds(bench.rounds(3), async () => {
    const ours = await agora.run(bench.seconds(2.5))
    const theirs: Run[] = []
    for (const { runner } of others) theirs.push(await runner.run(bench.seconds(2.5)))
    return { ours, theirs }
  })
  const cost = medianCost(rounds.map(({ ours }) => ours.cost))
  return others.map(({ name }, index): Measure => {
    const theirs = rounds.map((round) => round.theirs[index]!)
    return {
      what: `commands of ${together.callers} callers, ${together.streams} streams, beside ${name}`,
      figure: median(rounds.map(({ ours }) => ours.rate)),
      unit: '/s',
      reference: { what: name, figure: median(theirs.map(({ rate }) => rate)) },
      ratio: median(rounds.map(({ ours }, round) => ours.rate / theirs[round]!.rate)),
      cost,
      notes: [
        `CPU of a command, process + PostgreSQL: Agora ${costOf(cost)}, ${name} ${costOf(medianCost(theirs.map((one) => one.cost)))}`,
        ...(index === 0
          ? ['Agora executes on states it has cached; each of the others loads the stream', note]
          : []),
      ],
    }
  })
}
