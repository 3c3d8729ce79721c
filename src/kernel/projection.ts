import type { Static, TObject, TSchema } from 'typebox'
import type { Declaration, EventOf } from './decider.ts'
import { categoryOf, type RecordedEvent } from './message.ts'
import { marksOf, versionOf } from './schema.ts'

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

/**
 * Where events name the one document that they change, so that a log can select the events of some documents without their
 * being read.
 */
export type KeyIn = {
  /** Field of the data that holds the key; the key of an event without it, and of all where it is null, is the id of its stream. */
  readonly field: string | null
  /** Categories of streams whose id is the key, whether the field is there or not. */
  readonly except: readonly string[]
  /**
   * Types of which earlier versions were recorded: what has become of the field is known once they are upcast. All others
   * are declared in version 1, so that another version of them is a newer one.
   */
  readonly upcast: readonly string[]
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
  /** `skip` leaves archived events out of rebuilds: its documents then lack what those say. */
  readonly archived?: 'skip'
  /** Event types that it folds. */
  readonly reads: readonly string[]
  /** Returns the keys of the documents that an event changes. */
  readonly keysOf: (event: RecordedEvent) => readonly string[]
  /** Where events name the document that they change, if that is declared. */
  readonly keyIn?: KeyIn
  /** Returns whether none of the documents that an event changes can exist before it. */
  readonly begins: (event: RecordedEvent) => boolean
  /** Promised age of what it lacks of the log, in ms: the bound that reads and events are measured by (decision 109). */
  readonly within: number
  /** Permitted delay of writes, in ms, while no reader waits for them; 0: no delay. */
  readonly delay: number
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
 * @throws Error for fan-out in a store that does not write documents and position in one transaction, and for a key in a
 *   field that is encrypted in the log
 */
export const projection = <D extends TObject, const From extends readonly Declaration[]>({
  name,
  version = 1,
  store,
  document,
  from,
  key,
  within,
  beginsWith = [],
  delay = 0,
  indexes = [],
  containing = [],
  search,
  archived,
}: {
  /** Name of the table, collection or index, in snake_case. */
  name: string
  /**
   * Increased when rules, document or store change: a new generation is built beside the old one, then switched to, and
   * processes of the older version leave it alone. Default 1.
   */
  version?: number
  store: Store
  /**
   * The promise of freshness: an event is in the documents at most so many ms after it was recorded. `/metrics` and the desk
   * show the share of events and of reads that it was true for, and an alert is raised when that is too small.
   */
  within: number
  document: D
  from: From
  /**
   * Returns the key or keys of the documents that an event changes; `undefined` for none. Or where that key is: `id` for the
   * id of the stream, or a field of the data, and the stream's id for events without it, and for those of `except`. Several
   * processes then read only events of their own (decision 105).
   */
  key:
    | ((event: EventOf<From[number]>) => string | readonly string[] | undefined)
    | 'id'
    | { readonly field: string; readonly except: readonly From[number][] }
  /**
   * Deciders whose streams' first event creates the documents that it changes: the projector does not load documents for
   * such an event.
   */
  beginsWith?: readonly From[number][]
  /** Permitted delay of writes, in ms, so that fewer are needed; a waiting reader ends the delay. Default 0. */
  delay?: number
  /** Fields to filter or sort by, one list for each index. */
  indexes?: readonly (readonly (keyof Static<D> & string)[])[]
  /** Text fields that `contains` may filter by, without an index: the store scans them. */
  containing?: readonly (keyof Static<D> & string)[]
  /** `skip` leaves archived events out of rebuilds and audits; by default they are folded like others. */
  archived?: 'skip'
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
    ...(archived && { archived }),
    reads: Object.keys(rules),
    begins: ({ revision, stream }) =>
      revision === 0 && beginsWith.some((one) => one.name === categoryOf(stream)),
    within,
    delay,
    ...(typeof key === 'function'
      ? { keysOf: keysBy(key as never) }
      : keyedIn(key === 'id' ? { field: null, except: [] } : key, from)),
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

const keysBy =
  (key: (event: RecordedEvent) => string | readonly string[] | undefined) =>
  (event: RecordedEvent): readonly string[] => {
    const keys = key(event) ?? []
    return typeof keys === 'string' ? [keys] : keys
  }

/** @throws Error for a field that is encrypted in the log */
const keyedIn = (
  {
    field,
    except,
  }: { readonly field: string | null; readonly except: readonly Pick<Declaration, 'name'>[] },
  from: readonly Pick<Declaration, 'events'>[],
): Pick<AnyProjection, 'keyIn' | 'keysOf'> => {
  const schemas = field === null ? [] : from.flatMap(({ events }) => Object.entries(events))
  for (const [type, schema] of schemas) {
    const { properties = {} } = schema as {
      readonly properties?: Readonly<Record<string, TSchema>>
    }
    const named = properties[field!]
    const { personal, secret } = named ? marksOf(named) : {}
    if (personal || secret)
      throw new Error(`${field} of ${type} is encrypted, and cannot be a key.`)
  }
  const keyIn: KeyIn = {
    field,
    except: except.map(({ name }) => name),
    upcast: schemas.filter(([, schema]) => versionOf(schema) > 1).map(([type]) => type),
  }
  return { keyIn, keysOf: (event) => [keyByField(keyIn, event)] }
}

/** Returns the key of the document that an event changes, where its place is declared. */
export const keyByField = (
  { field, except }: Pick<KeyIn, 'field' | 'except'>,
  { stream, id, data }: Pick<RecordedEvent, 'stream' | 'id' | 'data'>,
): string => {
  if (field === null || except.includes(categoryOf(stream))) return id
  const named = (data as Readonly<Record<string, unknown>>)[field]
  return typeof named === 'string' ? named : id
}

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
