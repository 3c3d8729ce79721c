import { describe, expect, test } from 'vitest'
import type { AnyProjection } from '#kernel'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import type { DocumentStore, Generation } from '../platform/storage/documents/port.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { auditSlice, Superseded, type AuditDeps } from './auditing.ts'
import { wholeSlice, type AuditSlice } from './audit-slice.ts'
import { partOf } from './parts.ts'
import {
  booksOnShelves,
  fannedShelves,
  foldShelves,
  record,
  shelfEvents,
  shelves,
} from './testing/shelves.ts'

/** A read model whose documents are those of the log. */
const world = async (projection: AnyProjection = shelves) => {
  const documents = memoryDocuments()
  const log = memoryEventLog()
  const letters = memoryDeadLetters()
  const generation = await documents.begin(projection)
  await documents.publish(generation)
  const fold = (without: readonly string[] = []) => foldShelves(log, documents, generation, without)
  /** Writes a document that the log does not yield; undefined removes it. */
  const falsify = async (key: string, document: unknown) => {
    const at = await documents.position(generation)
    await documents.write(generation, {
      from: at,
      to: at,
      upserts: new Map(document === undefined ? [] : [[key, document]]),
      deletes: document === undefined ? [key] : [],
    })
  }
  const audit = (changes: Partial<AuditDeps> = {}, slice: AuditSlice = wholeSlice) =>
    auditSlice(
      projection,
      {
        documents,
        log,
        letters,
        catalogue: shelfEvents,
        sums: [],
        most: 1_000,
        page: 3,
        batch: 2,
        chosen: 0,
        again: 0,
        rest: async () => undefined,
        moved: () => undefined,
        signal: AbortSignal.timeout(60_000),
        ...changes,
      },
      slice,
    )
  return { documents, log, letters, generation, fold, falsify, audit }
}

const filled = async (projection: AnyProjection = shelves) => {
  const made = await world(projection)
  for (const id of ['a', 'b', 'c', 'd', 'e']) await record(made.log, id, 'BooksAdded', 2)
  await record(made.log, 'a', 'BooksTaken')
  await record(made.log, 'e', 'ShelfRemoved')
  await made.fold()
  return made
}

describe('an audit finds', () => {
  test('nothing where the documents are those of the log', async () => {
    const { audit, documents, generation } = await filled()
    const { findings, differences, left } = await audit()
    expect(differences).toEqual([])
    expect(left).toEqual([])
    expect(findings).toMatchObject({
      generation: 1,
      store: 'postgres',
      position: await documents.position(generation),
      isWhole: true,
      looked: 4,
      same: 4,
      orphansSought: true,
    })
  })

  test('nothing where a part of the documents is ahead of another', async () => {
    const { audit, log, documents, generation } = await filled()
    await documents.split(generation, 2)
    const parts = (await documents.parts(generation)).map((part) => partOf(generation, part))
    const keysIn = (part: Generation) =>
      ['a', 'b', 'c', 'd'].filter((id) => part.projection.keysOf({ id } as never).length > 0)
    const [first, second] = parts
    const [[ahead = ''], [behind = '']] = [keysIn(first!), keysIn(second!)]
    const from = await documents.position(first!)
    for (const id of [ahead, behind]) await record(log, id, 'BooksAdded', 3)
    const stored = (await documents.load(generation, [ahead])).get(ahead)
    const { books: before } = stored as { readonly books: number }
    await documents.write(first!, {
      from,
      to: await log.head(),
      upserts: new Map([[ahead, { id: ahead, books: before + 3 }]]),
      deletes: [],
    })
    expect(await documents.position(generation)).toBe(from)
    const { findings, differences } = await audit()
    expect(differences).toEqual([])
    expect(findings).toMatchObject({ looked: 4, same: 4 })
  })

  test('a falsified document by the names of its fields, a missing one, and one that the log does not yield', async () => {
    const { audit, falsify } = await filled()
    await falsify('a', { id: 'a', books: 7, 'name of a person': 'x' })
    await falsify('b', undefined)
    await falsify('e', { id: 'e', books: 2 })
    const { findings, differences } = await audit({ sums: [booksOnShelves] })
    expect(differences).toEqual([
      { key: 'a', kind: 'different', fields: ['(a field of no schema)', 'books'] },
      { key: 'b', kind: 'missing', fields: [] },
      { key: 'e', kind: 'orphan', fields: [] },
    ])
    expect(findings).toMatchObject({ looked: 5, same: 2, different: 1, missing: 1, orphans: 1 })
    expect(findings.sums).toEqual([
      { name: 'books', ledger: { books: 7 }, documents: { books: 13 } },
    ])
  })

  test('a document of another form, whose amounts cannot be counted', async () => {
    const { audit, falsify } = await filled()
    await falsify('a', { id: 'a', books: null })
    const { differences, findings } = await audit({ sums: [booksOnShelves] })
    expect(differences).toEqual([{ key: 'a', kind: 'different', fields: ['books'] }])
    expect(findings.sums[0]).toMatchObject({ ledger: { books: 7 }, documents: { books: 6 } })
  })

  test('amounts that the rules of the projection count in another way than the ledger', async () => {
    const made = await filled({
      ...shelves,
      evolve: (document, event, key) =>
        event.type === 'BooksTaken' ? document : shelves.evolve(document, event, key),
    })
    const { findings, differences } = await made.audit({ sums: [booksOnShelves] })
    expect(differences).toEqual([{ key: 'a', kind: 'sum', fields: ['books'] }])
    expect(findings).toMatchObject({ same: 3, sumsOnly: 1 })
    expect(findings.sums).toEqual([
      { name: 'books', ledger: { books: 7 }, documents: { books: 8 } },
    ])
    const right = await (await filled()).audit({ sums: [booksOnShelves] })
    expect(right.differences).toEqual([])
    expect(right.findings.sums[0]?.documents).toEqual({ books: 7 })
  })

  test('a falsified document among those that were fanned out', async () => {
    const { audit, falsify } = await filled(fannedShelves)
    expect((await audit()).findings).toMatchObject({ looked: 15, same: 15 })
    await falsify('book:b:1', { id: 'book:b:1', books: 9 })
    await falsify('book:z:1', { id: 'book:z:1', books: 1 })
    expect((await audit()).differences.map(({ key, kind }) => [key, kind])).toEqual([
      ['book:b:1', 'different'],
      ['book:z:1', 'orphan'],
    ])
    // In a slice of its keys, the log alone says which documents there are.
    const { findings } = await audit({ most: 5 })
    expect(findings.orphansSought).toBe(false)
    expect(findings.orphans).toBe(0)
  })
})

describe('an audit reports nothing of', () => {
  test('a document that changes each time it is read', async () => {
    const { audit, log, documents, fold } = await filled()
    const busy = async <T>(answer: Promise<T>): Promise<T> => {
      const read = await answer
      await record(log, 'a', 'BooksAdded')
      await fold()
      return read
    }
    const changing: DocumentStore = {
      ...documents,
      load: (...asked) => busy(busy(documents.load(...asked))),
      position: (...asked) => busy(documents.position(...asked)),
    }
    const { findings, differences } = await audit({
      documents: changing,
      sums: [booksOnShelves],
    })
    expect(differences).toEqual([])
    expect(findings).toMatchObject({ looked: 4, same: 4, inconclusive: 0 })
  })

  test('a falsified document that events concern at each look', async () => {
    const { audit, log, documents, fold, falsify } = await filled()
    const load: DocumentStore['load'] = async (...asked) => {
      await record(log, 'a', 'BooksAdded')
      await fold()
      await falsify('a', { id: 'a', books: 999 })
      return documents.load(...asked)
    }
    const { findings, differences } = await audit({ documents: { ...documents, load } })
    expect(differences).toEqual([])
    expect(findings).toMatchObject({ same: 3, inconclusive: 1 })
  })

  test('a document that stands ahead of its generation, as after a crash', async () => {
    const { audit, log, documents, generation } = await filled()
    await record(log, 'a', 'BooksAdded', 5)
    const head = await log.head()
    const loadToFold: DocumentStore['loadToFold'] = async (...asked) => {
      const loaded = await documents.load(...asked)
      return new Map(
        [...loaded].map(([key, document]) =>
          key === 'a'
            ? [key, { document: { id: 'a', books: 6 }, position: head }]
            : [key, { document, position: 0n }],
        ),
      )
    }
    expect(await documents.position(generation)).toBeLessThan(head)
    const { findings, differences } = await audit({ documents: { ...documents, loadToFold } })
    expect(differences).toEqual([])
    expect(findings).toMatchObject({ looked: 4, same: 4, position: head })
  })

  test('a parked document, and one that cannot be folded; it counts them', async () => {
    const { audit, log, letters, fold } = await filled()
    await record(log, 'c', 'BooksAdded')
    await record(log, 'cursed', 'BooksAdded')
    await fold(['c', 'cursed'])
    await letters.park(
      { kind: 'projection', name: 'shelves', generation: 1 },
      { key: 'c', position: 8n, type: 'BooksAdded', error: 'Error' },
    )
    const { findings, differences } = await audit()
    expect(differences).toEqual([])
    expect(findings).toMatchObject({ looked: 3, same: 3, parked: 2 })
  })
})

describe('an audit ends as superseded', () => {
  test('when another generation is published meanwhile', async () => {
    const { audit, documents, falsify } = await filled()
    await falsify('a', { id: 'a', books: 7 })
    const load: DocumentStore['load'] = async (...asked) => {
      const next = await documents.begin(shelves)
      await documents.publish(next)
      return documents.load(...asked)
    }
    await expect(audit({ documents: { ...documents, load } })).rejects.toThrow(Superseded)
  })

  test('when its documents are gone, when none is published, and when another version has folded it', async () => {
    const { audit, documents, generation } = await filled()
    const load: DocumentStore['load'] = async (...asked) => {
      await documents.publish(await documents.begin(shelves))
      await documents.drop(generation)
      return documents.load(...asked)
    }
    await expect(audit({ documents: { ...documents, load } })).rejects.toThrow(/not in their store/)
    const none = { ...documents, generations: async () => [] }
    await expect(audit({ documents: none })).rejects.toThrow(/No generation/)
    const older: DocumentStore['generations'] = async (name) =>
      (await documents.generations(name)).map((one) => ({ ...one, version: 7 }))
    await expect(audit({ documents: { ...documents, generations: older } })).rejects.toThrow(
      /version 7/,
    )
  })
})

test('slices have few documents in memory, and together all of them', async () => {
  const { audit, log, fold, falsify } = await world()
  for (let nth = 0; nth < 200; nth += 1) await record(log, `s${nth}`, 'BooksAdded')
  await fold()
  await falsify('s7', { id: 's7', books: 0 })
  await falsify('stray', { id: 'stray', books: 0 })
  const found: string[] = []
  let looked = 0
  for (let slices: readonly AuditSlice[] = [wholeSlice]; slices.length > 0;) {
    const [slice, ...others] = slices
    const one = await audit({ most: 20, page: 50, batch: 50, chosen: 0xdeadbeef }, slice)
    expect(one.findings.looked).toBeLessThanOrEqual(21)
    looked += one.findings.looked
    found.push(...one.differences.map(({ key }) => key))
    slices = [...one.left, ...others]
  }
  expect(looked).toBe(201)
  expect(found.toSorted()).toEqual(['s7', 'stray'])
})
