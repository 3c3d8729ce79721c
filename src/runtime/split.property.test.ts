import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryEngine } from '../platform/storage/documents/memory-engine.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import { routedDocuments } from '../platform/storage/documents/routed.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { projectionOfPart } from './parts.ts'
import { splitWorld } from './testing/split-world.ts'

const depotNames = ['a', 'b', 'c', 'd', 'e', 'f'] as const

const Step = fc.oneof(
  fc.record({
    scan: fc.array(fc.uniqueArray(fc.constantFrom(...depotNames), { minLength: 1 }), {
      minLength: 1,
      maxLength: 5,
    }),
  }),
  /** A process begins, with so many runners as its setting. */
  fc.record({ start: fc.integer({ min: 1, max: 3 }) }),
  /** The process that began first ends. */
  fc.constant('end' as const),
  /** What a process calls next fails, before or after it was done. */
  fc.record({
    fail: fc.constantFrom('write', 'hold', 'join', 'split', 'advance'),
    isDone: fc.boolean(),
  }),
  fc.constant('rebuild' as const),
  fc.record({ refold: fc.constantFrom(...depotNames) }),
  /** Everything that is going on makes some progress. */
  fc.record({ turns: fc.integer({ min: 1, max: 30 }) }),
)
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never

/** Fails the next calls as it is told. */
const failing = (store: DocumentStore) => {
  const failures: { readonly fail: string; readonly isDone: boolean }[] = []
  const calling =
    <Args extends unknown[], Result>(name: string, call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const at = failures.findIndex(({ fail }) => fail === name)
      if (at < 0) return call(...args)
      const [failure] = failures.splice(at, 1)
      if (failure!.isDone) await call(...args)
      throw new Unavailable(`${name} was lost`)
    }
  const documents: DocumentStore = {
    ...store,
    write: calling('write', store.write),
    hold: calling('hold', store.hold),
    join: calling('join', store.join),
    split: calling('split', store.split),
    advance: calling('advance', store.advance),
  }
  return { documents, failures }
}

const runThrough = async (
  store: DocumentStore,
  kind: 'postgres' | 'mongo',
  isKeyed: boolean,
  steps: readonly Step[],
) => {
  const { documents, failures } = failing(store)
  const world = splitWorld(documents, kind, isKeyed)
  const running: Awaited<ReturnType<typeof world.start>>[] = []
  const act = async (step: Step): Promise<void> => {
    if (step === 'end') return running.shift()?.end()
    if (step === 'rebuild') {
      if (!(await store.live(world.model))) return
      await store.begin(world.model)
      return world.control.announce()
    }
    if ('scan' in step) for (const at of step.scan) await world.scan(...at)
    else if ('start' in step) running.push(await world.start(step.start))
    else if ('fail' in step) failures.push(step)
    else if ('refold' in step) {
      const live = await store.live(world.model)
      if (!live) return
      const follower = { kind: 'projection', name: 'depots', generation: live.generation } as const
      const request = { key: step.refold, type: 'refold', error: 'Requested by an operator' }
      await world.letters.request(follower, { ...request, position: await store.position(live) })
      await world.control.announce()
    } else for (let nth = 0; nth < step.turns; nth += 1) await new Promise(setImmediate)
  }
  for (const step of steps) await act(step)
  for (const one of running) await one.end()

  await using last = await world.start(2)
  const position = await world.scan(...depotNames)
  const reach = () => last.progress.reach('depots', position, { timeoutMs: 10_000 })
  await reach()
  // Rebuilds that were requested have ended.
  const patience = { timeout: 10_000 }
  await expect.poll(() => store.generations('depots'), patience).toHaveLength(1)
  // A request for a generation that was replaced meanwhile is for nobody.
  const live = (await store.live(world.model))!
  const follower = { kind: 'projection', name: 'depots', generation: live.generation } as const
  await expect.poll(() => world.letters.requested(follower), patience).toEqual([])
  await reach()
  return {
    found: new Map(await store.scan(live, { limit: 100 })),
    expected: world.expected,
  }
}

const holds = (
  open: () => DocumentStore,
  kind: 'postgres' | 'mongo',
  numRuns: number,
  isKeyed = false,
) =>
  fc.assert(
    fc.asyncProperty(fc.array(Step, { minLength: 4, maxLength: 20 }), async (steps) => {
      const { found, expected } = await runThrough(open(), kind, isKeyed, steps)
      expect(found).toEqual(expected)
    }),
    { numRuns, endOnFailure: true },
  )

const title =
  'each event is folded once into each document, however many runners begin, end and change in number, and whatever fails'

test(`${title}, with positions in one transaction`, async () => {
  await expect(holds(memoryDocuments, 'postgres', 25)).resolves.toBeUndefined()
}, 120_000)

test(`${title}, where each runner reads only events of its own`, async () => {
  await expect(holds(memoryDocuments, 'postgres', 15, true)).resolves.toBeUndefined()
}, 120_000)

test(`${title}, in an engine without transactions`, async () => {
  const open = () =>
    routedDocuments(memoryDocuments(), { mongo: { engine: memoryEngine(), isCurrent: true } })
  await expect(holds(open, 'mongo', 15)).resolves.toBeUndefined()
}, 120_000)

test('each key belongs to one part, of any number of parts, in about equal shares', () => {
  const { model } = splitWorld(memoryDocuments())
  const keys = Array.from({ length: 3_000 }, (_, nth) => `key ${nth}`)
  for (const of of [1, 2, 3, 16]) {
    const parts = Array.from({ length: of }, (_, part) =>
      projectionOfPart({ ...model, keysOf: () => keys }, { part, of }).keysOf({} as never),
    )
    expect(parts.flat().toSorted()).toEqual(keys.toSorted())
    for (const { length } of parts)
      expect(Math.abs(length - 3_000 / of)).toBeLessThan(3_000 / of / 3)
  }
})
