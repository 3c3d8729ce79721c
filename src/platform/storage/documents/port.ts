import type { AnyProjection, Store } from '#kernel'
import { Unavailable } from '../../unavailable.ts'
import type { Comparison, Gate, GateRequest, GateState, RebuildReport } from './gates.ts'

export type {
  Comparison,
  DifferenceSample,
  EventPlace,
  Gate,
  GateRequest,
  GateState,
  RebuildReport,
} from './gates.ts'

/** A value that queries filter or sort by. */
export type Scalar = string | number | boolean

/** Condition on a field: equal to a value, one of several, in a range, or containing a text (in any case). */
export type Condition =
  | Scalar
  | { readonly in: readonly Scalar[] }
  | {
      readonly gte?: Scalar
      readonly gt?: Scalar
      readonly lte?: Scalar
      readonly lt?: Scalar
    }
  | { readonly contains: string }

/**
 * A query of a read model. Fields are those of the document's schema of type text, number or boolean; fields of fields are
 * named with dots: `price.amount`. A field `id` must be the document's key. Texts compare by code point; a document without
 * the field fulfils no condition on it.
 */
export type Query = {
  readonly where?: Readonly<Record<string, Condition>>
  /** At least one of these must hold as well. */
  readonly anyOf?: readonly Readonly<Record<string, Condition>>[]
  /**
   * `createdAt` ascending, `-createdAt` descending; documents without the field are last ascending, first descending. Ties
   * are in ascending order of keys.
   */
  readonly sort?: readonly string[]
  /**
   * Continues after this place: the value of the sort field, undefined when the document there has none, and the key.
   * `total` counts all documents.
   */
  readonly after?: { readonly value: Scalar | undefined; readonly key: string }
  /** Default 20. */
  readonly limit?: number
  /** Default 0. */
  readonly offset?: number
  /** With `false`, `total` is the number of documents up to the end of the page: counting a long list reads all of it. */
  readonly counted?: boolean
}

export type Found<Document> = {
  readonly documents: readonly Document[]
  /** Number of matching documents on all pages, unless they are not `counted`. */
  readonly total: number
}

/** A part of a generation that several runners fold: the documents whose keys' hashes are in one of `of` equal ranges. */
export type Part = {
  /** From 0 to `of` - 1. */
  readonly part: number
  readonly of: number
  /** Changes when the parts are made or held: a runner that began with another one can no longer write. */
  readonly epoch: bigint
}

/** Record of a part. */
export type PartRecord = Part & {
  readonly position: bigint
  /** Whether the parts are being taken together: no runner begins. */
  readonly isHeld: boolean
}

/** One build of a read model. */
export type Generation = {
  readonly projection: AnyProjection
  /** Increases with every rebuild; the published one answers queries. */
  readonly generation: number
  /** The store that its documents are in. */
  readonly store: Store
  /** The part that is written, or whose position is asked for; left out for the whole. */
  readonly part?: Part
}

/** Changes of documents by a batch of events. */
export type Batch = {
  /** Position of the generation before and after this batch. */
  readonly from: bigint
  readonly to: bigint
  readonly upserts: ReadonlyMap<string, unknown>
  /** Disjoint from the keys of the upserts. */
  readonly deletes: readonly string[]
}

/** A batch of a generation. */
export type GenerationBatch = Batch & { readonly generation: Generation }

/** A move of a generation's position without changes of documents. */
export type Advance = {
  readonly generation: Generation
  readonly from: bigint
  readonly to: bigint
}

/** Differences in a range of keys, and its last key: the next range begins after it. Without one, it was the last range. */
export type ComparedRange = Comparison & { readonly end?: string }

/** Record of a generation. */
export type GenerationRecord = {
  readonly generation: number
  /** Version of the projection that builds it. */
  readonly version: number
  /** The store that its documents are in. */
  readonly store: Store
  /** `building` until it is published, `live` until another one is. */
  readonly status: 'building' | 'live' | 'retired'
  /** Of a generation in parts, the least of theirs. */
  readonly position: bigint
  /** Number of its parts; left out for one that is whole. */
  readonly parts?: number
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly publishedAt?: string
  /** Comparison with the generation that it replaced. */
  readonly comparison?: Comparison
  /** Condition of the switch; without one, it follows whatever the comparison finds. */
  readonly gate?: Gate
  /** Undefined until the comparison of a generation with a gate has begun. */
  readonly gateState?: GateState
  readonly request?: GateRequest
}

/**
 * Bookkeeping of generations: which there are, which one answers queries, and the position each is true at. Always in
 * PostgreSQL, whichever store the documents are in. Everything throws `Unavailable` when it is unavailable; after such a
 * failed write, the position shows whether it was done.
 */
export type Generations = {
  /**
   * Creates the next generation of a read model: building, at 0n. Its number was never used before.
   * @param store of its documents; default: the one that `storeFor` names
   * @param gate stored with it; default: none
   */
  readonly begin: (projection: AnyProjection, store?: Store, gate?: Gate) => Promise<Generation>
  /** The store that a new generation of a read model is built in: the projection's own where it is configured. */
  readonly storeFor: (projection: AnyProjection) => Store
  /**
   * Creates what a generation needs: its record, table and indexes. Does nothing when all is there; indexes that were
   * declared since are added, which blocks readers meanwhile (a new version of the projection would not), and those that
   * no longer are declared are dropped.
   */
  readonly create: (generation: Generation) => Promise<void>
  /**
   * Deletes a generation with its documents; does nothing when it is not there. The record of a retired one whose store is
   * not configured stays, as its documents do.
   * @throws Error when it is the live one
   */
  readonly drop: (generation: Generation) => Promise<void>
  /**
   * Makes a generation answer the queries of its read model, in one step; the one that did until then is retired. Its report
   * loses its samples and keys.
   * @throws GenerationDiscarded when an operator has requested that it is discarded
   * @throws Error when there is no such generation
   */
  readonly publish: (generation: Generation) => Promise<void>
  /** The published generation, whichever version of the projection it was built by. */
  readonly live: (projection: AnyProjection) => Promise<Generation | undefined>
  /** Whether a generation has a place for its documents: its store may have lost it. */
  readonly has: (generation: Generation) => Promise<boolean>
  /** The generations of a read model that are there, oldest first. */
  readonly generations: (name: string) => Promise<readonly GenerationRecord[]>
  /** Stores a comparison, for operators to review. */
  readonly saveComparison: (generation: Generation, comparison: Comparison) => Promise<void>
  /**
   * Stores how far a generation that is being built with a gate is; does nothing for any other.
   * @param report replaces the stored one, and its counts the comparison; without one, both stay
   */
  readonly saveGateState: (
    generation: Generation,
    state: GateState,
    report?: RebuildReport,
  ) => Promise<void>
  /** The report of a generation that was built with a gate; once it is live, without samples and keys. */
  readonly report: (
    generation: Pick<Generation, 'generation'> & {
      readonly projection: Pick<AnyProjection, 'name'>
    },
  ) => Promise<RebuildReport | undefined>
  /**
   * Stores what an operator requests of a generation that is being built, for the process that builds it.
   * @returns false, and nothing is stored, when it is not being built any more, or was discarded
   */
  readonly request: (generation: Generation, request: GateRequest) => Promise<boolean>
  /**
   * The position a generation stands at; 0n for a new one; the least of its parts where it is in parts. With `part`, the
   * position of that part.
   * @throws PartMoved when the part is not there any more, or has another epoch
   */
  readonly position: (generation: Generation) => Promise<bigint>
  /** The parts of a generation, in order; none for one that is whole. */
  readonly parts: (generation: Generation) => Promise<readonly PartRecord[]>
  /**
   * Divides a live generation into parts, all at its position: only writers of its parts can write it from then on.
   * @returns false when it is not there, not live, or in parts already
   */
  readonly split: (generation: Generation, into: number) => Promise<boolean>
  /**
   * Holds the parts of a generation: those who run them can no longer write, and none begins.
   * @returns the parts with their new epoch, which the caller may write; none for a generation that is whole
   */
  readonly hold: (generation: Generation) => Promise<readonly PartRecord[]>
  /** Lets runners go on with parts that were held. */
  readonly release: (generation: Generation) => Promise<void>
  /**
   * Makes a generation whole again, at the position that all of its parts have reached.
   * @returns false, and nothing changes, when their positions differ, their epoch is another one, or there are none
   */
  readonly join: (generation: Generation, epoch: bigint) => Promise<boolean>
  /** The positions of the published generations of these read models, by name; none for one never published. */
  readonly positions: (names: readonly string[]) => Promise<ReadonlyMap<string, bigint>>
  /**
   * Moves several positions at once, where there is nothing to write. Each is moved or refused by itself.
   * @returns for each, in order, what `write` would
   */
  readonly advance: (moves: readonly Advance[]) => Promise<readonly boolean[]>
}

/** A document that events are folded into; undefined where there is none, or none any more. */
export type Loaded = {
  readonly document: unknown
  /** Position that the document is true at, where its store has it: greater than the generation's after a crash. */
  readonly position?: bigint
}

/** A document with its key. */
export type Keyed = readonly [key: string, document: unknown]

/**
 * Read models: documents by generation, in one store or several. Everything throws `Unavailable` when the store
 * concerned is away; after a write that failed so, the position shows whether it was done.
 */
export type DocumentStore = Generations & {
  /**
   * Counts how the documents of `next` differ from those of `live` in a range of keys: those greater than `after`, up to
   * where `limit` documents of either generation end. The memory that it takes is bounded by that.
   * @param range.after default: from the first key
   * @throws GenerationMissing
   */
  readonly compare: (
    live: Generation,
    next: Generation,
    range: { readonly after?: string; readonly limit: number },
  ) => Promise<ComparedRange>
  /**
   * The documents with these keys, where there are any.
   * @throws GenerationMissing when the generation is not there: folded from nothing, its documents would be wrong
   */
  readonly load: (
    generation: Generation,
    keys: readonly string[],
  ) => Promise<ReadonlyMap<string, unknown>>
  /**
   * As `load`, for folding: with the position of each document where its store has one, and with what is left of deleted
   * documents. Events up to the position of a document are in it already. Left out by stores that write documents and
   * position in one transaction: what `load` gives is true at the generation's position.
   * @throws GenerationMissing
   */
  readonly loadToFold?: (
    generation: Generation,
    keys: readonly string[],
  ) => Promise<ReadonlyMap<string, Loaded>>
  /**
   * Replaces a document that stands ahead of its generation (see `Loaded`), or removes it: folded anew up to the position
   * it stands at, it is true at that position again. The position of the generation stays. Left out as `loadToFold` is.
   * @param document undefined to remove it
   * @throws GenerationMissing
   * @throws DocumentRefused
   */
  readonly replaceAhead?: (
    generation: Generation,
    key: string,
    document: unknown,
    position: bigint,
  ) => Promise<void>
  /** Documents of a generation in the order of their keys, `limit` of them, with keys greater than `after`. */
  readonly scan: (
    generation: Generation,
    range: { readonly after?: string; readonly limit: number },
  ) => Promise<readonly Keyed[]>
  /**
   * Writes a batch and moves the position with it, durable when the promise resolves. The batches of a generation are
   * written one after the other. PostgreSQL writes both or neither; with an engine beside it the documents come first,
   * and the same batch written again changes nothing.
   * @returns false, and nothing is written, when the generation no longer stands at `from`, was retired or dropped:
   *   another process runs it
   * @throws DocumentRefused when the store cannot hold one of the documents; the position does not move, others of the
   *   batch may be written
   */
  readonly write: (generation: Generation, batch: Batch) => Promise<boolean>
  /**
   * Writes batches of several generations in one step, as `write` does each: all of them or none.
   * @param batches at most one for each generation
   * @returns false, and nothing is written, when any of the generations no longer stands where its batch begins, was
   *   retired or dropped
   * @throws what writing any of them alone would; then no position is moved either, unless it is `Unavailable`. A store
   *   with locks throws as well when another holds a lock for about a second, rather than hold up all of them
   */
  readonly writeAll: (batches: readonly GenerationBatch[]) => Promise<boolean>

  /** One document of the published generation; none when nothing was published yet. */
  readonly get: <Document>(
    projection: AnyProjection & { readonly documentType?: Document },
    key: string,
  ) => Promise<Document | undefined>
  /**
   * Documents of the published generation; none when nothing was published yet.
   * @throws InvalidQuery when it asks for what the document's schema does not have
   */
  readonly find: <Document>(
    projection: AnyProjection & { readonly documentType?: Document },
    query: Query,
  ) => Promise<Found<Document>>
}

/** An answer, and the position that all of it is true at, at least. */
export type Positioned<Answer> = { readonly answer: Answer; readonly position: bigint }

/**
 * Reads of published generations that a replica of their store may answer, which lags behind.
 * @returns undefined where none can answer
 * @throws Unavailable
 */
export type NearbyReads = {
  readonly get: <Document>(
    projection: AnyProjection & { readonly documentType?: Document },
    key: string,
  ) => Promise<Positioned<Document | undefined> | undefined>
  /** @throws InvalidQuery as `DocumentStore.find` */
  readonly find: <Document>(
    projection: AnyProjection & { readonly documentType?: Document },
    query: Query,
  ) => Promise<Positioned<Found<Document>> | undefined>
}

/** The documents of a generation are not in their store: it was dropped, or the store has lost it. */
export class GenerationMissing extends Unavailable {
  override name = 'GenerationMissing'
}

/** An operator has requested that a generation is discarded: it cannot be published any more. */
export class GenerationDiscarded extends Error {
  override name = 'GenerationDiscarded'
}

/** A part of a generation is run by another process, or was joined with the others. */
export class PartMoved extends Unavailable {
  override name = 'PartMoved'
}

/** A store cannot hold a document: it is too large, or of a form that the store does not have. */
export class DocumentRefused extends Error {
  override name = 'DocumentRefused'
  /** Key of the document. */
  readonly key: string

  /** @param reason completes "the document … is refused by its store: " */
  constructor(key: string, reason: string, options?: ErrorOptions) {
    super(`The document ${key} is refused by its store: ${reason}`, options)
    this.key = key
  }
}

/** A query that the documents' schema rules out: an unknown field, a value of another type, half a page. */
export class InvalidQuery extends Error {
  override name = 'InvalidQuery'
}
