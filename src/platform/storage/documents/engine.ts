import type { SearchQuery, SearchResult } from '../search/port.ts'
import type { Batch, Found, Generation, Keyed, Loaded, Positioned, Query } from './port.ts'

/**
 * Port of an engine that holds documents beside PostgreSQL, which keeps the bookkeeping of generations. It needs
 * no transactions: every document carries the position it is true at, and a batch that is written again, or late by a
 * process that lost its lease, changes nothing. Everything throws `Unavailable` when the engine is away.
 */
export type Engine = {
  /** Creates what a generation needs, with its indexes; does nothing when all is there. */
  readonly create: (generation: Generation) => Promise<void>
  /** Whether a generation was created and is still there. */
  readonly has: (generation: Generation) => Promise<boolean>
  /** Deletes a generation; does nothing when it is not there. */
  readonly drop: (generation: Generation) => Promise<void>
  /**
   * Writes the documents of a batch, durable when the promise resolves. A document that stands at `to` or later stays as
   * it is, unless the batch begins where it ends (`from` = `to`, a document folded anew): then one at `to` is replaced.
   * Deleted documents leave their position behind until `sweep`.
   * @throws GenerationMissing when the generation is not there; nothing is written then
   * @throws DocumentRefused when the engine cannot hold one of the documents; others may be written
   */
  readonly write: (generation: Generation, batch: Batch) => Promise<void>
  /**
   * Deletes the remains of documents that were deleted at or before this position. No event up to it may be written
   * again.
   */
  readonly sweep: (generation: Generation, position: bigint) => Promise<void>
  /**
   * The documents with these keys, and what is left of deleted ones, each with the position that it is true at.
   * @throws GenerationMissing
   */
  readonly load: (
    generation: Generation,
    keys: readonly string[],
  ) => Promise<ReadonlyMap<string, Required<Loaded>>>
  /** As `DocumentStore.scan`. @throws GenerationMissing */
  readonly scan: (
    generation: Generation,
    range: { readonly after?: string; readonly limit: number },
  ) => Promise<readonly Keyed[]>
  /** One document. @throws GenerationMissing */
  readonly get: (generation: Generation, key: string) => Promise<unknown>
  /**
   * Shows the live generation to people and other programs; Agora itself reads it by its number. Called after a switch,
   * and again when a process starts: a failure is harmless.
   */
  readonly published?: (generation: Generation) => Promise<void>
}

/**
 * Reads that a replica of an engine may answer, which lags behind: each answer has its own position.
 * @returns undefined where no replica can answer
 * @throws Unavailable
 */
export type EngineNearbyReads = {
  readonly get: (generation: Generation, key: string) => Promise<Positioned<unknown> | undefined>
  /** @throws InvalidQuery as `DocumentStore.find` */
  readonly find: (
    generation: Generation,
    query: Query,
  ) => Promise<Positioned<Found<unknown>> | undefined>
}

/** An engine that finds documents by their fields: MongoDB. */
export type DocumentEngine = Engine & {
  /** Left out where the engine has no replicas, or they are not read. */
  readonly nearby?: EngineNearbyReads
  /**
   * Called after the position of a generation has moved without a write, for `nearby` to name it. A failure is harmless.
   */
  readonly moved?: (generation: Generation, position: bigint) => Promise<void>
  /**
   * Documents that match.
   * @throws GenerationMissing
   * @throws InvalidQuery as `DocumentStore.find`
   */
  readonly find: (generation: Generation, query: Query) => Promise<Found<unknown>>
}

/** An engine that searches documents by their words: Elasticsearch. */
export type SearchEngine = Engine & {
  /**
   * Makes all that was written before the call visible to `search`. Calls at the same time share one refresh that begins
   * after them. @throws GenerationMissing
   */
  readonly refresh: (generation: Generation) => Promise<void>
  /**
   * Searches documents.
   * @throws GenerationMissing
   * @param options.isFresh whether the answer must show all that was visible before the call; otherwise the pages of one
   *   answer may show what was visible when the second one was read
   * @throws InvalidQuery as `Search.search`
   */
  readonly search: (
    generation: Generation,
    query: SearchQuery,
    options?: { readonly isFresh?: boolean },
  ) => Promise<SearchResult<unknown>>
}
