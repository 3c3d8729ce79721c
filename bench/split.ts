import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { postgresDocuments } from '../src/platform/storage/documents/postgres.ts'
import { orders } from '../src/projections/index.ts'
import type { Bench, BenchDatabase } from './support/bench.ts'
import { coreOf } from './support/core.ts'
import { medianCost } from './support/costs.ts'
import { cpuOf } from './support/cpu.ts'
import { foldHere, type FoldedHere } from './support/fold-here.ts'
import { writeHistory } from './support/history.ts'
import { atLeast, type Cost, type Measure } from './support/measure.ts'
import { quietRounds } from './support/rounds.ts'
import type { ToFold } from './support/split-process.ts'
import { median } from './support/statistics.ts'

const program = join(import.meta.dirname, 'support/split-process.ts')

/** Share of the log after whose events a process is measured, so that its start does not count. */
const measuredAfter = 0.2

/** What folding cost from then on, for each event of the log: seconds by the clock, and of CPU. */
type Folding = { readonly seconds: number; readonly server: number; readonly postgres: number }

type Folded = {
  /** What each process cost; none where all folded at once. */
  readonly each: readonly Folding[]
  /** Seconds by the clock from the start of the processes until all was folded. */
  readonly seconds: number
}

/**
 * Folds a new live generation of `orders` in so many processes, each with one part.
 * @param how `at once`; or `in turn`, each process after the one before it has folded its part and rests: as if each had a
 *   core, and a PostgreSQL with a core, of its own
 */
const fold = async (
  { postgresPid }: Bench,
  { url, database, checkpoint }: BenchDatabase,
  head: number,
  runners: number,
  how: 'at once' | 'in turn',
): Promise<Folded> => {
  const documents = postgresDocuments(database)
  const before = await documents.live(orders)
  const generation = await documents.begin(orders)
  await documents.publish(generation)
  if (before) await documents.drop(before)
  await checkpoint()
  const children = Array.from({ length: runners }, () => fork(program))
  try {
    const told: ToFold = { url, runners }
    await Promise.all(
      children.map((child) => {
        child.send(told)
        return once(child, 'message')
      }),
    )
    /** The position of a part, of the furthest (1) or a later one; a whole generation is one. */
    const positionOf = async (nth: number): Promise<number> => {
      const parts = await documents.parts(generation)
      const positions =
        parts.length > 0
          ? parts.map(({ position }) => position)
          : [(await documents.positions([orders.name])).get(orders.name) ?? 0n]
      return Number(positions.toSorted((a, b) => Number(b - a))[nth - 1] ?? 0n)
    }
    const reaches = async (nth: number, position: number): Promise<number> => {
      for (;;) {
        const at = await positionOf(nth)
        if (at >= position) return at
        await pause(50)
      }
    }
    const usage = (pid: number) => ({
      seconds: performance.now() / 1_000,
      server: cpuOf(pid),
      postgres: cpuOf(postgresPid),
    })
    const since = performance.now()
    const each: Folding[] = []
    if (how === 'at once') {
      for (const child of children) child.send('go')
      await reaches(runners, head)
    } else
      for (const [index, child] of children.entries()) {
        child.send('go')
        const from = await reaches(index + 1, head * measuredAfter)
        const begun = usage(child.pid!)
        await reaches(index + 1, head)
        const ended = usage(child.pid!)
        const of = (cost: keyof Folding) => (ended[cost] - begun[cost]) / (head - from)
        each.push({ seconds: of('seconds'), server: of('server'), postgres: of('postgres') })
      }
    return { each, seconds: (performance.now() - since) / 1_000 }
  } finally {
    await Promise.all(
      children.map((child) => {
        const ended = once(child, 'exit')
        child.disconnect()
        return ended
      }),
    )
  }
}

const slowest = (all: readonly Folding[], of: (one: Folding) => number): number =>
  Math.max(...all.map(of))

const µs = (seconds: number): string => (seconds * 1e6).toFixed(1)

const said = (all: readonly Folding[]): string =>
  all
    .map(
      ({ seconds, server, postgres }) => `${µs(seconds)} µs (CPU ${µs(server)} + ${µs(postgres)})`,
    )
    .join(' and ')

const saidHere = (all: readonly Required<Cost>[]): string =>
  all.map(({ server, postgres }) => `${server.toFixed(1)} + ${postgres.toFixed(1)}`).join(' and ')

/** CPU time of the runner and of PostgreSQL, which work in turns. */
const sumOf = ({ server, postgres }: Required<Cost>): number => server + postgres

/** Rate of one read model that two processes fold, relative to one process, in the same rounds. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using own = await bench.freshDatabase()
  await using core = await coreOf(own.database)
  await writeHistory(core.log, 'sales', bench.many(200_000))
  await own.database.query('ANALYZE agora.events')
  const head = Number(await core.log.head())
  bench.progress(`${head} events written`)

  await using here = await foldHere(bench, own, core.log)
  // Compiles the code.
  await here.fold()
  const { rounds, note } = await quietRounds(bench.rounds(5), async () => {
    const folded = await here.fold()
    const one = await fold(bench, own, head, 1, 'in turn')
    const halves = await fold(bench, own, head, 2, 'in turn')
    const both = await fold(bench, own, head, 2, 'at once')
    bench.progress(
      `of an event: one ${said(one.each)}, halves ${said(halves.each)}; in this process ${saidHere([folded.whole])}, halves ${saidHere(folded.halves)}`,
    )
    return { one, halves, both, folded }
  })
  const medianOf = (of: (round: (typeof rounds)[number]) => number): number =>
    median(rounds.map(of))
  const compared = (of: (one: Folding) => number) => ({
    figure: medianOf(({ halves }) => 1 / slowest(halves.each, of)),
    unit: '/s',
    reference: { what: 'one process', figure: medianOf(({ one }) => 1 / slowest(one.each, of)) },
    ratio: medianOf(({ one, halves }) => slowest(one.each, of) / slowest(halves.each, of)),
  })
  const costOf = (of: (one: Folding) => number): number =>
    medianOf(({ halves }) => halves.each.reduce((sum, one) => sum + of(one) * 1e6, 0))
  const slowerHalf = ({ halves }: FoldedHere): number => Math.max(...halves.map(sumOf))
  const byCpu = medianOf(({ folded }) => sumOf(folded.whole) / slowerHalf(folded))
  const whole = medianCost(rounds.map(({ folded }) => folded.whole))
  const half = medianCost(rounds.flatMap(({ folded }) => folded.halves))
  return [
    {
      what: `orders, folded in halves, by CPU time of runner and PostgreSQL, ${head} events`,
      figure: medianOf(({ folded }) => 1e6 / slowerHalf(folded)),
      unit: '/s',
      reference: { what: 'whole', figure: medianOf(({ folded }) => 1e6 / sumOf(folded.whole)) },
      ratio: byCpu,
      goal: atLeast(1.6, '×', byCpu),
      cost: half,
      notes: [
        `whole: ${whole.server.toFixed(1)} µs of the runner and ${whole.postgres.toFixed(1)} µs of PostgreSQL`,
        note,
      ],
    },
    {
      what: 'by two processes, one after the other, by the clock',
      ...compared(({ seconds }) => seconds),
      cost: {
        server: costOf(({ server }) => server),
        postgres: costOf(({ postgres }) => postgres),
        load: Number.NaN,
      },
    },
    {
      what: 'both at once, on the cores of this machine, with their start',
      figure: medianOf(({ both }) => head / both.seconds),
      unit: '/s',
      reference: { what: 'one process', figure: medianOf(({ one }) => head / one.seconds) },
      ratio: medianOf(({ one, both }) => one.seconds / both.seconds),
    },
  ]
}
