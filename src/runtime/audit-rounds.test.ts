import { expect, test } from 'vitest'
import type { AnyProjection } from '#kernel'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { memoryAudits } from '../platform/storage/audits/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { auditRounds, type AuditRounds } from './audit-rounds.ts'
import { fannedShelves, foldShelves, record, shelfEvents, shelves } from './testing/shelves.ts'

/** Two read models of the same log, and what audits have reported. */
const world = async (change: (documents: DocumentStore) => Partial<DocumentStore> = () => ({})) => {
  const documents = memoryDocuments()
  const log = memoryEventLog()
  const audits = memoryAudits()
  const control = memoryControl()
  const leases = memoryLeases()
  const reported: string[] = []
  const errors: unknown[] = []
  const projections: readonly AnyProjection[] = [shelves, fannedShelves]
  for (const projection of projections) await documents.publish(await documents.begin(projection))
  for (const id of ['a', 'b']) await record(log, id, 'BooksAdded')
  for (const projection of projections)
    await foldShelves(log, documents, (await documents.live(projection))!)
  const put = async (key: string, document: unknown) => {
    const generation = (await documents.live(shelves))!
    const at = await documents.position(generation)
    const upserts = new Map([[key, document]])
    await documents.write(generation, { from: at, to: at, upserts, deletes: [] })
  }
  const run = (more: Partial<AuditRounds> = {}) => {
    const stop = new AbortController()
    const ended = auditRounds(
      {
        documents: { ...documents, ...change(documents) },
        log,
        audits,
        control,
        leases,
        letters: memoryDeadLetters(),
        catalogue: shelfEvents,
        sums: [],
        projections,
        every: 0,
        clock: () => new Date('2030-01-01T00:00:00Z'),
        random: () => 0.25,
        onDifference: (name, { key, kind }) => void reported.push(`${name} ${key} ${kind}`),
        onResolved: (name) => void reported.push(`${name} resolved`),
        onError: (error) => void errors.push(error),
        ...more,
      },
      stop.signal,
    )
    return {
      [Symbol.asyncDispose]: async () => {
        stop.abort()
        await ended
      },
    }
  }
  const request = async (name: string, all = true) => {
    await audits.request(name, { id: crypto.randomUUID(), all })
    await control.announce()
    await expect.poll(async () => (await audits.list()).some((one) => one.request)).toBe(false)
    return (await audits.list()).find((one) => one.name === name)
  }
  return { audits, documents, log, put, run, request, reported, errors }
}

test('a request is answered; a difference is reported once, and its resolution', async () => {
  const { put, run, request, reported } = await world()
  await using _ = run()
  expect(await request('shelves')).toMatchObject({
    open: [],
    last: { outcome: 'audited', findings: { looked: 2, same: 2, isWhole: true } },
  })
  await put('a', { id: 'a', books: 9 })
  const open = [{ key: 'a', kind: 'different', fields: ['books'] }]
  expect(await request('shelves')).toMatchObject({ open })
  expect(await request('shelves', false)).toMatchObject({ open })
  expect(reported).toEqual(['shelves a different'])
  await put('a', { id: 'a', books: 1 })
  expect(await request('shelves')).toMatchObject({ open: [] })
  expect(reported).toEqual(['shelves a different', 'shelves resolved'])
})

test('a request from before the process started is answered, by one process at a time', async () => {
  const { audits, run } = await world()
  await audits.request('shelves', { id: 'one', all: false })
  await audits.request('of_another_version', { id: 'two', all: false })
  await using _ = run()
  await using __ = run()
  await expect.poll(async () => (await audits.list()).some((one) => one.request)).toBe(false)
  expect((await audits.list()).map(({ name, last }) => [name, last?.outcome])).toEqual([
    ['shelves', 'audited'],
  ])
})

test('without requests, the read models are audited in turn; not at all where that is off', async () => {
  const { audits, put, run, request, reported } = await world()
  await put('b', { id: 'b', books: 9 })
  {
    let ms = 0
    await using _ = run({ every: 1, clock: () => new Date((ms += 1)) })
    await expect
      .poll(async () => (await audits.list()).map(({ last }) => last?.outcome))
      .toEqual(['audited', 'audited'])
  }
  expect(reported).toEqual(['shelves b different'])
  const before = await audits.list()
  await using _ = run()
  await request('fanned_shelves')
  expect((await audits.list())[1]).toEqual(before[1])
})

test('an audit that cannot be completed says why, without the words of a foreign error', async () => {
  const failures = [new Unavailable('The store is away'), new Error('about Ada')]
  const { run, request, errors } = await world(({ position }) => ({
    position: async (generation) => {
      const failure = failures.shift()
      if (failure) throw failure
      return position(generation)
    },
  }))
  await using _ = run()
  expect((await request('shelves'))?.last).toMatchObject({
    outcome: 'failed',
    detail: 'The store is away',
  })
  const { last } = (await request('shelves'))!
  expect(last).toMatchObject({ outcome: 'failed' })
  expect(JSON.stringify(last)).not.toContain('Ada')
  expect(errors).toHaveLength(2)
  expect((await request('shelves'))?.last?.outcome).toBe('audited')
})

test('a read model without a published generation is superseded', async () => {
  const { run, request, errors } = await world(() => ({ generations: async () => [] }))
  await using _ = run()
  expect((await request('shelves'))?.last).toMatchObject({ outcome: 'superseded' })
  expect(errors).toEqual([])
})
