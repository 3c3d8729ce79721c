import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { catalogue, decider, Fields, projection, sum } from '#kernel'
import { someMetadata } from '#kernel/testing'
import type { DocumentStore, Generation } from '../../platform/storage/documents/port.ts'
import type { EventLog } from '../../platform/storage/event-log/port.ts'

const shelf = decider({
  name: 'shelf',
  id: Type.String(),
  commands: {},
  events: {
    BooksAdded: Fields({ count: Type.Integer() }),
    BooksTaken: Fields({ count: Type.Integer() }),
    ShelfRemoved: Fields({}),
  },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { BooksAdded: () => null, BooksTaken: () => null, ShelfRemoved: () => null },
})

const Shelf = Fields({
  id: Type.String(),
  books: Type.Integer(),
  note: Type.Optional(Type.String()),
})

/** A read model of shelves for tests; a shelf called `cursed` cannot be folded. */
export const shelves = projection({
  name: 'shelves',
  store: 'postgres',
  within: 60_000,
  document: Shelf,
  from: [shelf],
  key: ({ id }) => id,
}).rules({
  BooksAdded: (document, { id, data: { count } }) => {
    if (id === 'cursed') throw new Error('It is cursed')
    return { id, books: (document?.books ?? 0) + count }
  },
  BooksTaken: (document, { data: { count } }) =>
    document && { ...document, books: document.books - count },
  ShelfRemoved: () => undefined,
})

/** A read model that fans out: a document for each shelf, and one for each of its books. */
export const fannedShelves = projection({
  name: 'fanned_shelves',
  store: 'postgres',
  within: 60_000,
  document: Shelf,
  from: [shelf],
  key: ({ id }) => `shelf:${id}`,
}).rules(
  {
    BooksAdded: (document, { id, data: { count } }) => ({
      id,
      books: (document?.books ?? 0) + count,
    }),
  },
  {
    BooksAdded: (document, { id, data: { count } }) =>
      Array.from({ length: count }, (_, nth) => {
        const key = `book:${id}:${(document?.books ?? 0) + nth}`
        return [key, { id: key, books: 1 }] as const
      }),
  },
)

/** Books on shelves, counted by rules of its own. */
export const booksOnShelves = sum({
  name: 'books',
  of: shelves,
  ledger: projection({
    name: 'ledger',
    store: 'postgres',
    within: 60_000,
    document: Fields({ books: Type.Integer() }),
    from: [shelf],
    key: ({ id }) => id,
  }).rules({
    BooksAdded: (counted, { data }) => ({ books: (counted?.books ?? 0) + data.count }),
    BooksTaken: (counted, { data }) => ({ books: (counted?.books ?? 0) - data.count }),
    ShelfRemoved: () => undefined,
  }),
  inDocument: ({ books }) => ({ books }),
  inLedger: ({ books }) => ({ books }),
})

/** The events of shelves. */
export const shelfEvents = catalogue([shelf])

/** Records an event of a shelf. */
export const record = (
  log: Pick<EventLog, 'append'>,
  id: string,
  type: 'BooksAdded' | 'BooksTaken' | 'ShelfRemoved',
  count = 1,
) =>
  log.append(`shelf-${id}`, 'any', [
    {
      eventId: randomUUID(),
      type,
      data: type === 'ShelfRemoved' ? {} : { count },
      metadata: someMetadata,
    },
  ])

/** Folds the log into a generation, but for documents with these keys. */
export const foldShelves = async (
  log: Pick<EventLog, 'readAll'>,
  documents: Pick<DocumentStore, 'load' | 'position' | 'write'>,
  generation: Generation,
  without: readonly string[] = [],
): Promise<void> => {
  const { projection: folded } = generation
  const from = await documents.position(generation)
  const { events, position: to } = await log.readAll({ after: from, limit: 100_000 })
  const changed = new Map<string, unknown>()
  for (const event of events)
    for (const key of folded.keysOf(event)) {
      if (without.includes(key)) continue
      const before = changed.has(key)
        ? changed.get(key)
        : (await documents.load(generation, [key])).get(key)
      const further = folded.fanOut?.(before as never, event, key) ?? []
      changed.set(key, folded.evolve(before as never, event, key))
      for (const [one, document] of further) changed.set(one, document)
    }
  await documents.write(generation, {
    from,
    to,
    upserts: new Map([...changed].filter(([, document]) => document !== undefined)),
    deletes: [...changed.keys()].filter((key) => changed.get(key) === undefined),
  })
}
