import { randomUUID } from 'node:crypto'
import { asId, streamOf } from '#kernel'
import { stock } from '../src/domains/inventory/language.ts'
import { ProductId } from '../src/domains/shared/index.ts'
import type { EventLog } from '../src/platform/storage/event-log/port.ts'
import type { Bench } from './support/bench.ts'
import { coreOf, type Core } from './support/core.ts'
import { inParallel } from './support/load.ts'
import { atMost, type Measure } from './support/measure.ts'
import { quietRounds } from './support/rounds.ts'
import { median } from './support/statistics.ts'

/** Lengths of the streams, and the number of each: enough that they grow little while they are measured. */
const sizes = [
  { events: 10, streams: 400 },
  { events: 1_000, streams: 20 },
  { events: 10_000, streams: 3 },
] as const

/** Maximum cost of a command on a long stream, as a multiple of the cost on the shortest. */
const goal = 1.2

const commands = 200
const coldStarts = 10

type Subject = {
  readonly events: number
  /** Streams of the executor that has their states cached. */
  readonly warm: readonly ProductId[]
  /** Streams of new executors; on shared streams, the cached states of the others would become stale. */
  readonly cold: readonly ProductId[]
}

const fill = async (log: EventLog, productId: ProductId, events: number): Promise<void> => {
  const batchSize = 500
  for (let from = 0; from < events; from += batchSize) {
    const count = Math.min(batchSize, events - from)
    const part = Array.from({ length: count }, (_, nth) => {
      const commandId = randomUUID()
      return {
        eventId: randomUUID(),
        type: 'StockAdjusted',
        data: { quantity: from + nth + 1, delta: 1, reason: 'bench' },
        metadata: {
          correlationId: commandId,
          causationId: commandId,
          commandId,
          actorId: 'bench',
          schemaVersion: 1,
        },
      }
    })
    await log.append(streamOf(stock, productId), from === 0 ? 'none' : from - 1, part)
  }
}

const adjust = async (
  { execute }: ReturnType<Core['newExecutor']>,
  productId: ProductId,
): Promise<number> => {
  const commandId = randomUUID()
  const origin = { commandId, actorId: 'bench', correlationId: commandId }
  const since = performance.now()
  await execute(
    stock,
    productId,
    { type: 'AdjustStock', data: { delta: 1, reason: 'bench' } },
    origin,
  )
  return performance.now() - since
}

/** Cost of a command on streams of 10, 1,000 and 10,000 events, with one caller and sequential commands. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using own = await bench.freshDatabase()
  await using core = await coreOf(own.database)
  const subjects: Subject[] = []
  for (const { events, streams } of sizes) {
    const products = Array.from({ length: streams }, () => asId(ProductId, randomUUID()))
    await inParallel(products, 4, (id) => fill(core.log, id, events))
    subjects.push({ events, warm: products.slice(1), cold: products.slice(0, 1) })
  }
  await own.database.query('ANALYZE agora.events')

  // Earlier commands have left snapshots of the long streams.
  const warm = core.newExecutor()
  for (const subject of subjects)
    await inParallel([...subject.warm, ...subject.cold], 8, (id) => adjust(warm, id))
  await warm.idle()

  /** Runs commands on the streams of all sizes in turn, so that noise affects all alike. @returns median ms of each size */
  const inTurn = async (
    count: number,
    command: (subject: Subject, nth: number) => Promise<number>,
  ): Promise<number[]> => {
    const took = subjects.map((): number[] => [])
    for (let nth = 0; nth < count; nth += 1)
      for (const [index, subject] of subjects.entries())
        took[index]!.push(await command(subject, nth))
    return took.map(median)
  }
  const onWarm = ({ warm: products }: Subject, nth: number) =>
    adjust(warm, products[nth % products.length]!)
  const onCold = async ({ cold: [product] }: Subject) => {
    const fresh = core.newExecutor()
    const took = await adjust(fresh, product!)
    await fresh.idle()
    return took
  }

  await inTurn(bench.many(commands), onWarm)
  const { rounds, note } = await quietRounds(bench.rounds(5), async () => {
    await own.checkpoint()
    return {
      warm: await inTurn(bench.many(commands), onWarm),
      cold: await inTurn(bench.many(coldStarts), onCold),
    }
  })

  const measureOf = (of: 'warm' | 'cold', index: number): Measure => {
    const ratio = median(rounds.map((round) => round[of][index]! / round[of][0]!))
    const size = sizes[index]!.events.toLocaleString('en')
    return {
      what:
        of === 'warm'
          ? `command on a stream of ${size} events`
          : `the first command of a process on a stream of ${size} events`,
      figure: median(rounds.map((round) => round[of][index]!)),
      unit: 'ms',
      ...(index > 0 && {
        reference: { what: '10 events', figure: median(rounds.map((round) => round[of][0]!)) },
        ratio,
      }),
      ...(index === 0 && of === 'warm' && { notes: [note] }),
      ...(index > 0 && of === 'warm' && { goal: { ...atMost(goal, '', ratio), text: '≤ 1.20' } }),
    }
  }
  return [0, 1, 2]
    .map((index) => measureOf('warm', index))
    .concat([0, 1, 2].map((index) => measureOf('cold', index)))
}
