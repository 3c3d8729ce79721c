import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { Type, type Static } from 'typebox'
import { expect, test } from 'vitest'
import { decider, Fields, projection, type RecordedEvent } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { freshMongo, hasMongo, needsMongo } from '../../test/support/mongo.ts'
import { openMongo } from '../platform/engines/mongo/connection.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import type { Engine, DocumentEngine } from '../platform/storage/documents/engine.ts'
import { memoryEngine } from '../platform/storage/documents/memory-engine.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { mongoEngine } from '../platform/storage/documents/mongo.ts'
import type { Batch, Generation } from '../platform/storage/documents/port.ts'
import { routedDocuments } from '../platform/storage/documents/routed.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { beginFolding } from './folding.ts'

const counter = decider({
  name: 'counter',
  id: Type.String(),
  commands: {},
  events: { Added: Fields({ by: Type.Integer() }), Gone: Fields({}) },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { Added: () => null, Gone: () => null },
})

const Sum = Fields({ id: Type.String(), sum: Type.Integer(), times: Type.Integer() })
type Sum = Static<typeof Sum>

let models = 0
const newModel = () =>
  projection({
    name: `sums_${(models += 1)}`,
    store: 'mongo',
    within: 60_000,
    document: Sum,
    from: [counter],
    key: ({ id }) => id,
  }).rules({
    Added: (document, { data: { by } }, key) => ({
      id: key,
      sum: (document?.sum ?? 0) + by,
      times: (document?.times ?? 0) + 1,
    }),
    // A document that is deleted twice is a failure: it would be parked.
    Gone: (document) => {
      if (!document) throw new Error('It is gone already')
      return undefined
    },
  })

const keys = ['a', 'b', 'c', 'd'] as const

/** A step of a run of the projection over a log. */
type Step = {
  /** Events that are folded at most. */
  readonly size: number
  /**
   * `cut`: the engine executes the writes of the chosen keys and fails. `unmoved`: it executes all, and the position is
   * not moved. `stale`: the process hangs before its writes and executes them after so many further steps.
   */
  readonly ends:
    | 'whole'
    | 'unmoved'
    | { readonly cut: readonly string[] }
    | { readonly stale: number }
}

const steps = fc.array(
  fc.record<Step>({
    size: fc.integer({ min: 1, max: 6 }),
    ends: fc.oneof(
      fc.constant('whole' as const),
      fc.constant('unmoved' as const),
      fc.record({ cut: fc.subarray([...keys]) }),
      fc.record({ stale: fc.integer({ min: 0, max: 5 }) }),
    ),
  }),
  { maxLength: 12 },
)

/** What happens to each key; one that is not there is added to instead of deleted. */
const changes = fc.array(
  fc.record({
    key: fc.constantFrom(...keys),
    isGone: fc.boolean(),
    by: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 1, maxLength: 24 },
)

const logOf = (of: readonly { key: string; isGone: boolean; by: number }[]) => {
  const documents = new Map<string, Sum>()
  const events = of.map(({ key, isGone, by }, nth): RecordedEvent => {
    const before = documents.get(key)
    const isDeleted = isGone && before !== undefined
    if (isDeleted) documents.delete(key)
    else
      documents.set(key, { id: key, sum: (before?.sum ?? 0) + by, times: (before?.times ?? 0) + 1 })
    return {
      stream: `counter-${key}`,
      id: key,
      revision: nth,
      position: BigInt(nth + 1),
      eventId: randomUUID(),
      type: isDeleted ? 'Gone' : 'Added',
      data: isDeleted ? {} : { by },
      metadata: someMetadata,
      at: '2030-01-01T00:00:00.000Z',
    }
  })
  return { events, documents }
}

const only = ({ upserts, deletes, ...batch }: Batch, chosen: readonly string[]): Batch => ({
  ...batch,
  upserts: new Map([...upserts].filter(([key]) => chosen.includes(key))),
  deletes: deletes.filter((key) => chosen.includes(key)),
})

/** Runs a projection through crashes, and in the end to the end of the log. @returns its documents */
const run = async (
  engine: DocumentEngine,
  events: readonly RecordedEvent[],
  of: readonly Step[],
) => {
  let ends: Step['ends'] = 'whole'
  const cutting: Engine['write'] = async (generation, batch) => {
    if (typeof ends === 'object' && 'cut' in ends) {
      await engine.write(generation, only(batch, ends.cut))
      throw new Unavailable('cut off in the middle')
    }
    await engine.write(generation, batch)
    if (ends === 'unmoved') throw new Unavailable('cut off before the position is moved')
  }
  const documents = routedDocuments(memoryDocuments(), {
    mongo: { engine: { ...engine, write: cutting }, isCurrent: true },
  })
  const letters = memoryDeadLetters()
  const generation: Generation = await documents.begin(newModel())
  const begin = () =>
    beginFolding(
      generation,
      { kind: 'projection', name: generation.projection.name, generation: 1 },
      {
        feed: {
          read: (from) => {
            let at = from
            return {
              position: () => at,
              moveTo: (to) => void (at = to),
              isPending: () => true,
              next: () => Promise.reject(new Error('not read here')),
              peek: () => undefined,
              close: () => undefined,
            }
          },
        },
        documents,
        letters,
        catalogue: { unreadable: () => undefined },
        onPending: () => undefined,
        onError: () => undefined,
      },
    )
  type Folder = Awaited<ReturnType<typeof begin>>
  const next = async ({ reader, fold }: Folder, size: number) => {
    const from = reader.position()
    const slice = events.filter(({ position }) => position > from).slice(0, size)
    return { changed: (await fold(slice)).changed, to: slice.at(-1)?.position ?? from }
  }

  let folding = await begin()
  const late: { after: number; readonly write: () => Promise<void> }[] = []
  const wakeLate = async (isEnd = false) => {
    for (const one of late.splice(0))
      if (isEnd || (one.after -= 1) < 0) await one.write()
      else late.push(one)
  }
  for (const step of [...of, ...events.map((): Step => ({ size: 3, ends: 'whole' }))]) {
    const { changed, to } = await next(folding, step.size)
    ;({ ends } = step)
    if (typeof ends === 'object' && 'stale' in ends) {
      const batch = folding.batchTo(changed, to)
      late.push({ after: ends.stale, write: () => engine.write(generation, batch) })
      folding = await begin()
    } else
      try {
        await folding.write(changed, to)
      } catch (error) {
        expect(error).toBeInstanceOf(Unavailable)
        folding = await begin()
      }
    await wakeLate()
  }
  await wakeLate(true)
  expect(await letters.list()).toEqual([])
  expect(await documents.position(generation)).toBe(BigInt(events.length))
  const found = new Map(await documents.scan(generation, { limit: 100 }))
  await documents.drop(generation)
  return found
}

/** Asserts that documents are those of an undisturbed run, wherever batches are cut and whoever wakes up late. */
const holds = (engine: DocumentEngine, numRuns: number) =>
  fc.assert(
    fc.asyncProperty(changes, steps, async (of, through) => {
      const { events, documents } = logOf(of)
      expect(await run(engine, events, through)).toEqual(documents)
    }),
    { numRuns },
  )

const title =
  'documents are right after batches cut anywhere, replays in other slices and stale writers'

test(`${title}, in memory`, async () => {
  await expect(holds(memoryEngine(), 500)).resolves.toBeUndefined()
}, 60_000)

test.skipIf(!hasMongo)(
  `${title}, in MongoDB${needsMongo}`,
  async () => {
    await using mongo = await freshMongo()
    const connection = openMongo(mongo.url)
    await using _ = { [Symbol.asyncDispose]: connection.close }
    await expect(holds(mongoEngine(connection), 30)).resolves.toBeUndefined()
  },
  120_000,
)
