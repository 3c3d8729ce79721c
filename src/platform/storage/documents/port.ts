import type { AnyProjection } from '#kernel'

/** A value that documents are looked up or sorted by. */
export type Scalar = string | number | boolean

/** What a field must be: this value, one of these, in this range, or a text that contains this one (any case). */
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
 * A question to a read model. Fields are those of the document's schema that hold a text, a number or a boolean; fields
 * of fields are named with dots: `price.amount`. A field `id`, where there is one, has to be the document's key: it is
 * looked up as such. Texts compare by code point, a document without the field fits no
 * condition on it.
 */
export type Query = {
  readonly where?: Readonly<Record<string, Condition>>
  /** At least one of these must hold as well. */
  readonly anyOf?: readonly Readonly<Record<string, Condition>>[]
  /**
   * One of the texts that the projection is searched by contains this one (any case), or has words like it: at least
   * half of what `resemblance` looks at is the same. Those that contain it come first, then those that resemble it most,
   * before any other order.
   */
  readonly search?: string
  /**
   * `createdAt` up, `-createdAt` down; documents without the field are last going up, first going down. The key
   * decides between equals, going up.
   */
  readonly sort?: readonly string[]
  /**
   * Only what comes behind this place: the value of the one field that is sorted by, undefined where the document there
   * has none, and a key. `total` counts the others too.
   */
  readonly after?: { readonly value: Scalar | undefined; readonly key: string }
  /** Default 20. */
  readonly limit?: number
  /** Default 0. */
  readonly offset?: number
}

export type Found<Document> = {
  readonly documents: readonly Document[]
  /** How many match, on whichever page. */
  readonly total: number
}

/** One generation of a read model: its documents, and up to where in the log they are true. */
export type Generation = {
  readonly projection: AnyProjection
  /** Counts up with every rebuild; the newest live one answers queries. */
  readonly generation: number
}

/** What a batch of events made of the documents concerned. */
export type Batch = {
  /** Where the generation stood before, and where it stands once this is written. */
  readonly from: bigint
  readonly to: bigint
  readonly upserts: ReadonlyMap<string, unknown>
  /** No key is here and among the upserts. */
  readonly deletes: readonly string[]
}

/** A batch, and the generation it is for. */
export type GenerationBatch = Batch & { readonly generation: Generation }

/** A generation's position, to be moved without a document to write. */
export type Advance = {
  readonly generation: Generation
  readonly from: bigint
  readonly to: bigint
}

/** How the documents of two generations differ, by count. */
export type Comparison = {
  readonly same: number
  readonly different: number
  readonly onlyOld: number
  readonly onlyNew: number
}

/** What is known of a generation, besides its documents. */
export type GenerationRecord = {
  readonly generation: number
  /** Of the projection that builds it. */
  readonly version: number
  /** `building` until it is published, `live` until another one is. */
  readonly status: 'building' | 'live' | 'retired'
  readonly position: bigint
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly publishedAt?: string
  /** With the one that was live when it was ready. */
  readonly comparison?: Comparison
}

/**
 * Where read models live. One per engine; Postgres is the one that is always there. Everything throws `Unavailable`
 * when the engine is away; after a write that failed so, the position tells whether it was done.
 */
export type DocumentStore = {
  /** Makes room for the next generation of a read model: building, at 0n. Its number was never used before. */
  readonly begin: (projection: AnyProjection) => Promise<Generation>
  /**
   * Makes room for a generation: table and indexes. Does nothing when all is there; indexes that were declared since
   * are added, which holds up readers while it lasts (a new version of the projection would not), and those that no
   * longer are declared are dropped.
   */
  readonly create: (generation: Generation) => Promise<void>
  /**
   * Forgets a generation; does nothing when it is not there.
   * @throws Error when it is the live one
   */
  readonly drop: (generation: Generation) => Promise<void>
  /**
   * Lets a generation answer for its read model from now on, in one step; the one that did until now is retired.
   * @throws Error when there is no such generation
   */
  readonly publish: (generation: Generation) => Promise<void>
  /** The published generation, whichever version of the projection it was built by. */
  readonly live: (projection: AnyProjection) => Promise<Generation | undefined>
  /** The generations of a read model that are there, oldest first. */
  readonly generations: (name: string) => Promise<readonly GenerationRecord[]>
  /** How the documents of `next` differ from those of `live`. */
  readonly compare: (live: Generation, next: Generation) => Promise<Comparison>
  /** Stores a comparison, for operators to review. */
  readonly saveComparison: (generation: Generation, comparison: Comparison) => Promise<void>

  /** The position a generation stands at; 0n for a new one. */
  readonly position: (generation: Generation) => Promise<bigint>
  /** The positions of the published generations of these read models, by name; none for one never published. */
  readonly positions: (names: readonly string[]) => Promise<ReadonlyMap<string, bigint>>
  /**
   * The documents with these keys, where there are any.
   * @throws Unavailable when the generation is not there: folded from nothing, its documents would be wrong
   */
  readonly load: (
    generation: Generation,
    keys: readonly string[],
  ) => Promise<ReadonlyMap<string, unknown>>
  /**
   * Writes a batch and moves the position with it: both or neither, durable when the promise resolves. The batches of
   * a generation are written one after the other.
   * @returns false, and nothing is written, when the generation no longer stands at `from`, was retired or dropped:
   *   someone else runs it
   */
  readonly write: (generation: Generation, batch: Batch) => Promise<boolean>
  /**
   * Writes batches of several generations in one step, as `write` does each: all of them or none.
   * @param batches at most one for each generation
   * @returns false, and nothing is written, when any of the generations no longer stands where its batch begins, was
   *   retired or dropped
   * @throws what writing any of them alone would; then nothing is written either, unless it is `Unavailable`. A store
   *   with locks throws as well when another holds a lock for about a second, rather than hold up all of them
   */
  readonly writeAll: (batches: readonly GenerationBatch[]) => Promise<boolean>
  /**
   * Moves several positions at once, where there is nothing to write. Each is moved or refused by itself.
   * @returns for each, in order, what `write` would
   */
  readonly advance: (moves: readonly Advance[]) => Promise<readonly boolean[]>

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

/** A query that no document could answer: a field that is not there, a value of another type, half a page. */
export class InvalidQuery extends Error {
  override name = 'InvalidQuery'
}
