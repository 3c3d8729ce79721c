import type { Static, TObject } from 'typebox'
import type { Declaration, EventOf } from './decider.ts'
import { categoryOf, type RecordedEvent } from './message.ts'

/** One rule per event the documents care about; the rest pass them by. */
type Rules<Document, Event extends { type: string }> = {
  [T in Event['type']]?: (
    document: Document | undefined,
    event: Extract<Event, { type: T }>,
    key: string,
  ) => Document | undefined
}

/** The stores that a read model can be served from. */
export const stores = ['postgres', 'mongo', 'elasticsearch'] as const

/** The store that a read model is served from. */
export type Store = (typeof stores)[number]

/** Some projection, its types forgotten: what the platform handles. */
export type AnyProjection = {
  readonly name: string
  readonly version: number
  readonly store: Store
  readonly document: TObject
  readonly indexes: readonly (readonly string[])[]
  /** The texts that people search in. */
  readonly searched?: readonly string[]
  /** Other texts that are looked up by a part of them. */
  readonly containing?: readonly string[]
  /** The deciders whose events it may fold. */
  readonly from: readonly Declaration[]
  /** The event types it folds. */
  readonly reads: readonly string[]
  /** Which documents an event concerns. */
  readonly keysOf: (event: RecordedEvent) => readonly string[]
  /** Whether no document that an event concerns can be there before it. */
  readonly begins: (event: RecordedEvent) => boolean
  /** How late the documents may be, in ms, unless a reader waits for them; 0 for not at all. */
  readonly within: number
  /** Folds one event into one document. None in: there is none yet. None out: remove it. */
  readonly evolve: (document: never, event: RecordedEvent, key: string) => unknown
}

/** A projection whose documents are known. */
export type Projection<Document> = AnyProjection & { readonly documentType?: Document }

/** The documents of a projection. */
export type DocumentOf<P> = P extends Projection<infer Document> ? Document : never

/** Declares a read model; `rules` then says how events fold into its documents. */
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
  searched = [],
  containing = [],
}: {
  /** What the reader sees, in snake_case: the name of the table, collection or index. */
  name: string
  /** Raise it when the rules or the document change: the new one is built beside the old, then switched. Default 1. */
  version?: number
  store: Store
  document: D
  from: From
  /** Which document, or documents, an event belongs to; `undefined` when to none. */
  key: (event: EventOf<From[number]>) => string | readonly string[] | undefined
  /**
   * The deciders with whose streams documents begin: no document is there before the first event of such a stream that
   * concerns it, so none is loaded then.
   */
  beginsWith?: readonly From[number][]
  /** How late its documents may be, in ms, so that fewer writes are needed; whoever waits for them hurries them. Default 0. */
  within?: number
  /** Fields that are looked up or sorted by, one list an index. */
  indexes?: readonly (readonly (keyof Static<D> & string)[])[]
  /** Texts that people search in: words are found by their beginnings and in spite of slips. */
  searched?: readonly (keyof Static<D> & string)[]
  /** Other texts that are looked up by a part of them (`contains`), without an index: all of them are read. */
  containing?: readonly (keyof Static<D> & string)[]
}) => ({
  rules: (rules: Rules<Static<D>, EventOf<From[number]>>): Projection<Static<D>> => ({
    name,
    version,
    store,
    document,
    from,
    indexes,
    searched,
    containing,
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
  }),
})

/**
 * One document, folded from events.
 * @param events all that concern it, oldest first
 * @returns undefined when there is none, or no longer
 */
export const documentOf = <Document>(
  projection: Projection<Document>,
  events: readonly RecordedEvent[],
  key: string,
): Document | undefined => {
  let document: unknown
  for (const event of events) document = projection.evolve(document as never, event, key)
  // Its rules were typed when it was declared: they return nothing else.
  return document as Document | undefined
}
