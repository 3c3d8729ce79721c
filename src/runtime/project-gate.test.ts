import { expect, test } from 'vitest'
import type { Projection } from '#kernel'
import { catalogue } from '../kernel/catalogue.ts'
import { memoryAudits } from '../platform/storage/audits/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import type { DocumentStore, Gate } from '../platform/storage/documents/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { operations } from './operate.ts'
import { progress } from './progress.ts'
import type { Projecting } from './project.ts'
import { sagaOverview } from './saga-overview.ts'
import { mail, settle, world } from './testing/mail-world.ts'

/** A letter as its document has it. */
type Mail = { readonly id: string; readonly times: number }

/** Rules that may be mended while they are in use: `add` is what each letter counts for. */
const counting = (rules: { add: number }, version = 1): Projection<Mail> => ({
  ...mail(version),
  evolve: (document: Mail | undefined, _, id) => ({
    id,
    times: (document?.times ?? 0) + rules.add,
  }),
})

/** A read model with letters, a process that keeps it up to date, and its operator. */
const gated = async (
  change?: (store: DocumentStore) => Partial<DocumentStore>,
  own: Partial<Projecting> = {},
) => {
  const all = await world(change, own)
  const { documents, control, log, feed, memory } = all
  const operate = operations({
    projections: [mail()],
    sagas: [],
    catalogue: catalogue([]),
    overview: sagaOverview([]),
    documents,
    log,
    letters: memoryDeadLetters(),
    audits: memoryAudits(),
    control,
    progress: progress(documents, feed),
    queues: [],
    clock: () => new Date(),
  })
  const status = async () => (await operate.projections())[0]!
  const state = async () => (await status()).rebuild?.state
  /** The document of each generation that is there. */
  const both = async (id: string) => {
    const records = await memory.generations('mail')
    return Promise.all(
      records.map(async ({ generation, store }) => {
        const loaded = await memory.load({ projection: mail(), generation, store }, [id])
        return (loaded.get(id) as Mail | undefined)?.times
      }),
    )
  }
  return { ...all, operate, status, state, both }
}

const none = { maxDifferences: 0, ignoredFields: [] }

test('a generation without differences is switched to, and its report is kept', async () => {
  const { operate, send, start, live, status, times } = await gated()
  await using running = start()
  for (const id of ['a', 'b']) await send(id)
  await expect.poll(() => times('b')).toEqual({ id: 'b', times: 1 })
  expect(await operate.rebuildWithGate('mail', none)).toBe('begun')
  await expect.poll(live).toBe(2)
  const { comparison, report } = await status()
  expect(comparison).toEqual({ same: 2, different: 0, onlyOld: 0, onlyNew: 0 })
  expect(report).toMatchObject({ same: 2, counted: 0, fields: [], position: '2' })
  expect(running.errors).toEqual([])
})

test('a generation that differs waits, level with the live one, until an operator switches', async () => {
  const rules = { add: 1 }
  const all = await gated()
  const { operate, send, start, live, status, state, times, both, log } = all
  const model = counting(rules)
  await using running = start(model)
  for (const id of ['a', 'b', 'a']) await send(id)
  await expect.poll(() => times('a')).toEqual({ id: 'a', times: 2 })
  rules.add = 10
  await operate.rebuildWithGate('mail', { ...none, maxDifferences: 1 })
  await expect.poll(state).toBe('waiting')
  const { rebuild, status: shown } = await status()
  const { samples = [], ...field } = rebuild?.report?.fields[0] ?? {}
  expect([shown, rebuild?.report?.counted, field]).toEqual([
    'live',
    2,
    { path: 'times', documents: 2, ignored: false },
  ])
  const events = await log.read('letters-a')
  const newEvent = { position: '3', type: 'Sent', id: events[1]?.eventId }
  expect(samples[0]).toEqual({ key: 'a', old: 2, new: 20, newEvent })

  // Both are folded on; the live one answers.
  await send('b')
  await expect.poll(() => both('b')).toEqual([11, 20])
  expect([await live(), await times('b')]).toEqual([1, { id: 'b', times: 11 }])
  expect(await operate.rebuildWithGate('mail', none)).toBe('building')
  expect(await operate.rebuild('mail')).toBe('building')
  expect(await operate.steerRebuild('mail', 'switch')).toBe('accepted')
  await expect.poll(live).toBe(2)
  expect(await times('b')).toEqual({ id: 'b', times: 20 })
  await send('b')
  await expect.poll(() => times('b')).toEqual({ id: 'b', times: 30 })
  expect(running.errors).toEqual([])
})

test('differences in ignored fields open the gate; without a number, it never opens', async () => {
  for (const [gate, switched] of [
    [{ maxDifferences: 0, ignoredFields: ['times'] }, true],
    [{ maxDifferences: 1, ignoredFields: [] }, true],
    [{ ignoredFields: ['times'] }, false],
  ] as const) {
    const rules = { add: 1 }
    const { operate, send, start, live, state, times } = await gated()
    await using _ = start(counting(rules))
    await send('a')
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 1 })
    rules.add = 2
    await operate.rebuildWithGate('mail', gate)
    await expect
      .poll(async () => [await live(), await state()])
      .toEqual(switched ? [2, undefined] : [1, 'waiting'])
  }
})

test('a waiting generation is compared again when an operator asks, and switched to once it is the same', async () => {
  const { operate, memory, send, start, live, state, times } = await gated()
  await using _ = start()
  await send('a')
  await expect.poll(() => times('a')).toEqual({ id: 'a', times: 1 })
  // Somebody has changed the live document.
  const old = (await memory.live(mail()))!
  const at = await memory.position(old)
  const upserts = new Map([['a', { id: 'a', times: 7 }]])
  await memory.write(old, { from: at, to: at, upserts, deletes: [] })
  await operate.rebuildWithGate('mail', none)
  await expect.poll(state).toBe('waiting')
  await operate.steerRebuild('mail', 'compare')
  await expect.poll(state).toBe('waiting')
  const mended = new Map([['a', { id: 'a', times: 1 }]])
  const now = await memory.position(old)
  await memory.write(old, { from: now, to: now, upserts: mended, deletes: [] })
  expect(await live()).toBe(1)
  expect(await operate.steerRebuild('mail', 'compare')).toBe('accepted')
  await expect.poll(live).toBe(2)
})

test('a generation is discarded while it is built, while it waits, and while the read model is paused', async () => {
  for (const when of ['building', 'waiting', 'paused'] as const) {
    const building = Promise.withResolvers<void>()
    const { operate, control, send, start, times, versions, state, calls } = await gated(
      (store) => ({
        load: async (generation, keys) => {
          if (when === 'building' && generation.generation === 2) await building.promise
          return store.load(generation, keys)
        },
      }),
    )
    await using running = start()
    await send('a')
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 1 })
    await operate.rebuildWithGate('mail', { ignoredFields: [] })
    await expect.poll(state).toBe(when === 'building' ? 'building' : 'waiting')
    if (when === 'paused') await control.pause('mail')
    await settle()
    expect(await operate.steerRebuild('mail', 'discard')).toBe('accepted')
    building.resolve()
    await expect.poll(versions).toEqual(['1 live'])
    expect(await operate.steerRebuild('mail', 'discard')).toBe('none')
    await control.resume('mail')
    await send('a')
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 2 })
    expect([running.errors, calls]).toEqual([[], ['begin', 'publish 1', 'begin', 'drop 2']])
  }
})

test('a switch that is requested while a generation is built follows once it has caught up, without a comparison', async () => {
  const building = Promise.withResolvers<void>()
  const { operate, send, start, live, times, status } = await gated((store) => ({
    load: async (generation, keys) => {
      if (generation.generation === 2) await building.promise
      return store.load(generation, keys)
    },
  }))
  await using _ = start()
  await send('a')
  await expect.poll(() => times('a')).toEqual({ id: 'a', times: 1 })
  await operate.rebuildWithGate('mail', { ignoredFields: [] })
  await settle()
  await operate.steerRebuild('mail', 'switch')
  expect((await status()).rebuild?.state).toBe('switching')
  building.resolve()
  await expect.poll(live).toBe(2)
  expect(await status()).not.toHaveProperty('comparison')
})

test('a comparison goes range by range while both are folded, and begins anew after its store was away', async () => {
  const ranges: (string | undefined)[] = []
  let between = async (): Promise<unknown> => undefined
  const { operate, memory, send, start, live, times, status } = await gated(
    (store) => ({
      scan: async (generation, range) => {
        if (generation.generation === 1) {
          ranges.push(range.after)
          if (ranges.length === 2) throw new Unavailable('away')
          if (ranges.length === 4) await between()
        }
        return store.scan(generation, range)
      },
    }),
    { pace: { limit: 1, longestPause: 0 } },
  )
  await using running = start()
  for (const id of ['a', 'c']) await send(id)
  await expect.poll(() => times('c')).toEqual({ id: 'c', times: 1 })
  // Folded once this range is compared: behind it, so that it is compared as well.
  between = () => send('d')
  await operate.rebuildWithGate('mail', none)
  await expect.poll(live).toBe(2)
  expect(ranges).toEqual([undefined, 'a', undefined, 'a', 'c', 'd'])
  const { report } = await status()
  expect(report).toMatchObject({ same: 3, counted: 0, fields: [], position: '3' })
  expect(running.errors.map(String)).toEqual(['Unavailable: away'])
  expect((await memory.generations('mail')).map(({ status: is }) => is)).toEqual(['live'])
})

test('a process that ends between the report and the switch leaves the decision to the next one', async () => {
  let isBroken = true
  const { operate, memory, send, start, live, times, state } = await gated((store) => ({
    publish: async (generation) => {
      if (isBroken && generation.generation === 2) throw new Unavailable('away')
      return store.publish(generation)
    },
  }))
  {
    await using running = start()
    await send('a')
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 1 })
    await operate.rebuildWithGate('mail', none)
    await expect.poll(() => running.errors.map(String)).toContain('Unavailable: away')
  }
  expect([await live(), await state()]).toEqual([1, 'comparing'])
  // What it had found is no longer true.
  const old = (await memory.live(mail()))!
  const at = await memory.position(old)
  const upserts = new Map([['a', { id: 'a', times: 7 }]])
  await memory.write(old, { from: at, to: at, upserts, deletes: [] })
  isBroken = false
  await using _ = start()
  await expect.poll(state).toBe('waiting')
  expect(await live()).toBe(1)
})

test('a new version is compared at the position of the live generation, which stands still', async () => {
  const { memory, operate, send, start, live, times, status, state } = await gated(undefined, {
    gateOf: () => none,
  })
  {
    await using _ = start()
    for (const id of ['a', 'b']) await send(id)
    await expect.poll(() => times('b')).toEqual({ id: 'b', times: 1 })
  }
  for (const id of ['a', 'c']) await send(id)
  const rules = { add: 1 }
  {
    await using _ = start(counting(rules, 2))
    await expect.poll(live).toBe(2)
    expect((await status()).report).toMatchObject({ same: 2, counted: 0, position: '2' })
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 2 })
    await expect.poll(() => times('c')).toEqual({ id: 'c', times: 1 })
  }
  rules.add = 2
  await using _ = start(counting(rules, 3))
  await expect.poll(state).toBe('waiting')
  await send('c')
  const next = { ...(await memory.live(mail()))!, generation: 3 }
  await expect
    .poll(async () => (await memory.load(next, ['c'])).get('c'))
    .toEqual({ id: 'c', times: 4 })
  // No rules of today fold it.
  expect(await times('c')).toEqual({ id: 'c', times: 1 })
  await operate.steerRebuild('mail', 'switch')
  await expect.poll(() => times('c')).toEqual({ id: 'c', times: 4 })
})

test('a generation that is discarded at the last moment is not switched to', async () => {
  const { operate, send, start, live, times, calls } = await gated((store) => ({
    publish: async (generation) => {
      if (generation.generation === 2) await store.request(generation, 'discard')
      return store.publish(generation)
    },
  }))
  await using running = start()
  await send('a')
  await expect.poll(() => times('a')).toEqual({ id: 'a', times: 1 })
  await operate.rebuildWithGate('mail', none)
  await expect.poll(() => calls).toContain('drop 2')
  expect(await live()).toBe(1)
  await send('a')
  await expect.poll(() => times('a')).toEqual({ id: 'a', times: 2 })
  expect(running.errors).toEqual([])
})

/** A read model whose generation is in PostgreSQL, and whose next one is to be in MongoDB. */
const moving = async (gate: Gate, has: (store: DocumentStore) => Promise<boolean>) => {
  let isMoving = false
  const all = await gated(
    (store) => ({
      storeFor: () => (isMoving ? 'mongo' : 'postgres'),
      begin: (projection, to, by) =>
        store.begin(projection, to ?? (isMoving ? 'mongo' : 'postgres'), by),
      has: (generation) =>
        isMoving && generation.generation === 1 ? has(store) : store.has(generation),
    }),
    { gateOf: () => gate },
  )
  {
    await using _ = all.start()
    await all.send('a')
    await expect.poll(() => all.times('a')).toEqual({ id: 'a', times: 1 })
  }
  isMoving = true
  return all
}

test('a gate is judged once the store of the live generation is back, however long it was away', async () => {
  let isAway = true
  const { start, live, status } = await moving(none, async () => {
    if (isAway) throw new Unavailable('PostgreSQL is away')
    return true
  })
  await using running = start()
  const refused = () => running.errors.filter((error) => String(error).includes('not compared'))
  await expect.poll(() => refused().length).toBeGreaterThan(0)
  expect(await live()).toBe(1)
  isAway = false
  await expect.poll(live).toBe(2)
  expect((await status()).report).toMatchObject({ same: 1, counted: 0 })
})

test('where the live generation is lost, a gate with a number opens; without one the operator decides', async () => {
  {
    const { start, live } = await moving(none, async () => false)
    await using _ = start()
    await expect.poll(live).toBe(2)
  }
  const { operate, start, live, state, status } = await moving(
    { ignoredFields: [] },
    async () => false,
  )
  await using _ = start()
  await expect.poll(state).toBe('waiting')
  expect((await status()).rebuild?.report).toMatchObject({
    isOldLost: true,
    same: 0,
    position: '1',
  })
  expect(await live()).toBe(1)
  await operate.steerRebuild('mail', 'switch')
  await expect.poll(live).toBe(2)
})

test('explaining differences interrupts folding no longer than comparing does', async () => {
  const rules = { add: 1 }
  const explained: string[] = []
  const all = await gated(undefined, { pace: { limit: 1_000, longestPause: 0 } })
  const { operate, memory, send, start, live, times, log, status, state } = all
  const during = [
    () => send('z'),
    // The live generation is folded on between two documents.
    async () => {
      await expect.poll(() => times('z')).toEqual({ id: 'z', times: 2 })
    },
  ]
  const read: typeof log.read = async (stream, range) => {
    await during[explained.length]?.()
    explained.push(stream)
    return log.read(stream, range)
  }
  await using _ = start(counting(rules), { log: { ...log, read } })
  for (const id of ['a', 'b']) await send(id)
  await expect.poll(() => times('b')).toEqual({ id: 'b', times: 1 })
  rules.add = 2
  await operate.rebuildWithGate('mail', none)
  await expect.poll(state).toBe('waiting')
  const samples = (await status()).rebuild?.report?.fields[0]?.samples
  expect(explained).toEqual(['letters-a', 'letters-b'])
  expect(samples?.map(({ newEvent }) => newEvent?.position)).toEqual(['1', '2'])
  expect([await live(), (await memory.generations('mail')).length]).toEqual([1, 2])
})
