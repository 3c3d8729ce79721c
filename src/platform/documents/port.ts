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

/** A question to a read model. Fields of fields are named with dots: `price.amount`. */
export type Query = {
  readonly where?: Readonly<Record<string, Condition>>
  /** At least one of these must hold as well. */
  readonly anyOf?: readonly Readonly<Record<string, Condition>>[]
  /** `createdAt` up, `-createdAt` down. The key decides between equals. */
  readonly sort?: readonly string[]
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
  readonly deletes: readonly string[]
}

/** How the documents of two generations differ, by count. */
export type Comparison = {
  readonly same: number
  readonly different: number
  readonly onlyOld: number
  readonly onlyNew: number
}

/** Where read models live. One per engine; Postgres is the one that is always there. */
export type DocumentStore = {
  /** Makes room for a generation: table and indexes. Does nothing when it is there. */
  readonly create: (generation: Generation) => Promise<void>
  /** Forgets a generation. */
  readonly drop: (generation: Generation) => Promise<void>
  /** Lets a generation answer for its read model from now on, in one step. */
  readonly publish: (generation: Generation) => Promise<void>
  /** How the documents of `next` differ from those of `live`. */
  readonly compare: (live: Generation, next: Generation) => Promise<Comparison>

  /** The position a generation stands at; 0n for a new one. */
  readonly position: (generation: Generation) => Promise<bigint>
  /** The documents with these keys, where there are any. */
  readonly load: (
    generation: Generation,
    keys: readonly string[],
  ) => Promise<ReadonlyMap<string, unknown>>
  /**
   * Writes a batch and moves the position with it: both or neither, durable when the promise resolves.
   * @returns false, and nothing is written, when the generation no longer stands at `from`: someone else runs it
   */
  readonly write: (generation: Generation, batch: Batch) => Promise<boolean>

  /** One document of the published generation. */
  readonly get: <Document>(
    projection: AnyProjection & { readonly documentType?: Document },
    key: string,
  ) => Promise<Document | undefined>
  /** Documents of the published generation. */
  readonly find: <Document>(
    projection: AnyProjection & { readonly documentType?: Document },
    query: Query,
  ) => Promise<Found<Document>>
}
