import { expect, test } from 'vitest'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import type { Generation } from '../platform/storage/documents/port.ts'
import { runSplit } from './run-split.ts'
import type { Run } from './switching.ts'
import { splitWorld } from './testing/split-world.ts'

/** A live generation of `depots` that is run in two parts, with nobody who folds them. */
const divided = async (
  runWhole: (generation: Generation, over: AbortController) => Run = () => expect.unreachable(),
) => {
  const documents = memoryDocuments()
  const { model, letters, control } = splitWorld(documents)
  const generation = await documents.begin(model)
  await documents.publish(generation)
  const over = new AbortController()
  const failures: unknown[] = []
  const run = runSplit(generation, 2, over.signal, {
    documents,
    letters,
    control,
    gather: async () => {
      const [part] = await documents.hold(generation)
      if (part) await documents.join(generation, part.epoch)
      return documents.position(generation)
    },
    check: () => over.signal.throwIfAborted(),
    runWhole: () => runWhole(generation, over),
    left: () => undefined,
    failed: (error) => failures.push(error),
  })
  const parts = () => documents.parts(generation)
  await expect.poll(parts).toHaveLength(2)
  return { documents, letters, control, generation, over, failures, run, parts }
}

test('a run begins anew when another process has held, joined or divided its parts', async () => {
  for (const into of [undefined, 0, 3]) {
    const { documents, control, generation, failures, run } = await divided()
    const [held] = await documents.hold(generation)
    if (into !== undefined) await documents.join(generation, held!.epoch)
    if (into) await documents.split(generation, into)
    await control.announce()
    await expect(run.ended).rejects.toThrow(/changed by another process/)
    expect(failures).toHaveLength(1)
  }
})

test('a run that is over while an operator is answered leaves the generation whole', async () => {
  const { letters, control, generation, failures, run, parts } = await divided((of, over) => {
    over.abort()
    return {
      generation: of,
      caughtUp: Promise.resolve(),
      ended: Promise.resolve(0n),
      stop: async () => 0n,
    }
  })
  const follower = {
    kind: 'projection',
    name: 'depots',
    generation: generation.generation,
  } as const
  const request = { key: 'a', type: 'refold', error: 'Requested by an operator', position: 0n }
  await letters.request(follower, request)
  await control.announce()
  expect(await run.ended).toBe(0n)
  expect([await parts(), failures]).toEqual([[], []])
})
