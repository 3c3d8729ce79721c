import type { Static, TObject } from 'typebox'
import type { Declaration, EventOf } from './decider.ts'
import { categoryOf, type RecordedEvent } from './message.ts'

/** One rule for each event type that changes documents; other types are ignored. */
export type Rules<Document, Event extends { type: string }> = {
  [T in Event['type']]?: (
    document: Document | undefined,
    event: Extract<Event, { type: T }>,
    key: string,
  ) => Document | undefined
}

/** A document with its key; undefined where there is to be none. */
type Replaced<Document> = readonly [key: string, document: Document | undefined]

/**
 * Fan-out of events: further documents that an event replaces or removes whatever they were, as the document under its key,
 * before the event, says. Each of them is fanned out from one key only.
 */
type FanOuts<Document, Event extends { type: string }> = {
  [T in Event['type']]?: (
    document: Document | undefined,
    event: Extract<Event, { type: T }>,
    key: string,
  ) => readonly Replaced<Document>[]
}

/** The stores that a read model can be served from. */
export const stores = ['postgres', 'mongo', 'elasticsearch'] as const

/** The store that a read model is served from. */
export type Store = (typeof stores)[number]

/**
 * A facet: documents counted by the values of a field, or by ranges of its numbers, each from `from` up to but not
 * including `to`. Fields of fields are named with dots.
 */
export type Facet = {
  readonly field: string
  readonly ranges?: readonly { readonly from?: number; readonly to?: number }[]
}

/** How the documents of a read model are searched. */
export type Searching = {
  /** Texts whose words are searched, the most important first; at most 16. */
  readonly fields: readonly string[]
  /** Facets by name. */
  readonly facets?: Readonly<Record<string, Facet>>
  /** Field by which equally good hits are ordered, the greatest value first: a moment. */
  readonly newest: string
}

/** A projection without its document and event types, as the runtime handles it. */
export type AnyProjection = {
  readonly name: string
  readonly version: number
  readonly store: Store
  readonly document: TObject
  readonly indexes: readonly (readonly string[])[]
  /** Text fields that `contains` may filter by. */
  readonly containing?: readonly string[]
  /** How its documents are searched; left out where they are not. */
  readonly search?: Searching
  /** Deciders whose events it may fold. */
  readonly from: readonly Declaration[]
  /** Event types that it folds. */
  readonly reads: readonly string[]
  /** Returns the keys of the documents that an event changes. */
  readonly keysOf: (event: RecordedEvent) => readonly string[]
  /** Returns whether none of the documents that an event changes can exist before it. */
  readonly begins: (event: RecordedEvent) => boolean
  /** Permitted delay of writes, in ms, while no reader waits for them; 0: no delay. */
  readonly within: number
  /** Folds one event into one document. The input is undefined for a new document; an undefined result removes it. */
  readonly evolve: (document: never, event: RecordedEvent, key: string) => unknown
  /** Returns the further documents that an event replaces; left out by projections without fan-out. */
  readonly fanOut?: (
    document: never,
    event: RecordedEvent,
    key: string,
  ) => readonly Replaced<unknown>[]
}

/** A projection with the type of its documents. */
export type Projection<Document> = AnyProjection & { readonly documentType?: Document }

/** Document type of a projection. */
export type DocumentOf<P> = P extends Projection<infer Document> ? Document : never

/**
 * Declares a read model; `rules` adds how events fold into its documents, and what they fan out to (decision 077).
 * @throws Error for fan-out in a store that does not write documents and position in one transaction
 */
export const projection = <D extends TObject, const From extends readonly Declaration[]>({
  name,
  version = 1,
  store,
  document,
  from,
  key,
  beginsWith = [],
  within = 0,
  indexes = [],
  containing = [],
  search,
}: {
  /** Name of the table, collection or index, in snake_case. */
  name: string
  /**
   * Increased when rules, document or store change: a new generation is built beside the old one, then switched to, and
   * processes of the older version leave it alone. Default 1.
   */
  version?: number
  store: Store
  document: D
  from: From
  /** Returns the key or keys of the documents that an event changes; `undefined` for none. */
  key: (event: EventOf<From[number]>) => string | readonly string[] | undefined
  /**
   * Deciders whose streams' first event creates the documents that it changes: the projector does not load documents for
   * such an event.
   */
  beginsWith?: readonly From[number][]
  /** Permitted delay of writes, in ms, so that fewer are needed; a waiting reader ends the delay. Default 0. */
  within?: number
  /** Fields to filter or sort by, one list for each index. */
  indexes?: readonly (readonly (keyof Static<D> & string)[])[]
  /** Text fields that `contains` may filter by, without an index: the store scans them. */
  containing?: readonly (keyof Static<D> & string)[]
  /** How documents are searched: words by prefix, in spite of typos, with facets. */
  search?: Searching
}) => ({
  rules: (
    rules: Rules<Static<D>, EventOf<From[number]>>,
    fanOuts?: FanOuts<Static<D>, EventOf<From[number]>>,
  ): Projection<Static<D>> => ({
    name,
    version,
    store,
    document,
    from,
    indexes,
    containing,
    ...(search && { search }),
    reads: Object.keys(rules),
    begins: ({ revision, stream }) =>
      revision === 0 && beginsWith.some((one) => one.name === categoryOf(stream)),
    within,
    keysOf: (event) => {
      const keys = key(event as never) ?? []
      return typeof keys === 'string' ? [keys] : keys
    },
    evolve: (document, event, key) => {
      const rule = rules[event.type as keyof typeof rules]
      return rule ? rule(document, event as never, key) : document
    },
    ...(fanOuts && {
      fanOut: transactional(
        name,
        store,
        (document: Static<D> | undefined, event, key) =>
          fanOuts[event.type as keyof typeof fanOuts]?.(document, event as never, key) ?? [],
      ),
    }),
  }),
})

/** Admits fan-out where a batch is written as a whole: folded again after a crash, the documents that it follows from were ahead of it. */
const transactional = <F>(name: string, store: Store, fanOut: F): F => {
  if (store !== 'postgres') throw new Error(`${name} fans out, and must be in PostgreSQL.`)
  return fanOut
}

/**
 * Folds events into one document.
 * @param events all events that change it, oldest first
 * @returns undefined when it does not exist or was removed
 */
export const documentOf = <Document>(
  projection: Projection<Document>,
  events: readonly RecordedEvent[],
  key: string,
): Document | undefined => {
  let document: unknown
  for (const event of events) document = projection.evolve(document as never, event, key)
  // The declaration typed the rules: they return documents of this type only.
  return document as Document | undefined
}
