import type { AnyProjection, Projection } from '#kernel'
import type { Found, Query } from '../platform/storage/documents/port.ts'
import type { SearchQuery, SearchResult } from '../platform/storage/search/port.ts'
import { Unavailable } from '../platform/unavailable.ts'

/** How a read model is waited for. */
export type ReachOptions = {
  /** After so long, in ms, the wait fails, or `onLate` is called. Default 5,000. */
  readonly timeoutMs?: number
  /** Ends the wait. */
  readonly signal?: AbortSignal
  /** Called after each `timeoutMs`; the wait goes on. When left out, it fails after the first one. */
  readonly onLate?: (error: NotCaughtUp) => void
}

/**
 * Queries of read models. Each answer says how fresh it is: everything up to `position` is in it. This is the one way to
 * read one's own writes, over HTTP, over sockets, and for jobs that must not miss what was recorded before.
 */
export type ReadModels = {
  /**
   * One document.
   * @param minPosition waits until the read model has reached this position, as `reach` does
   * @throws PositionBeyondHead when the log ends before this position
   * @throws NotCaughtUp when it did not in time
   * @throws Unavailable when the store is away
   */
  readonly get: <D>(
    projection: Projection<D>,
    key: string,
    minPosition?: bigint,
  ) => Promise<{ readonly document: D | undefined; readonly position: bigint }>
  /** Documents that match; the parameter and the errors are those of `get`. */
  readonly find: <D>(
    projection: Projection<D>,
    query: Query,
    minPosition?: bigint,
  ) => Promise<Found<D> & { readonly position: bigint }>
  /**
   * Searches documents. Without `minPosition`, a store may find what was written a moment ago a little later only; the
   * parameter and the errors are those of `get`.
   * @throws InvalidQuery when the query names what the projection does not declare, or `after` is of another query
   */
  readonly search: <D>(
    projection: Projection<D>,
    query: SearchQuery,
    minPosition?: bigint,
  ) => Promise<SearchResult<D> & { readonly position: bigint }>
  /**
   * Waits until the read model has reached a position; with `head`, the present end of the log.
   * @returns the position it has reached by then
   * @throws NotCaughtUp when it did not in time
   * @throws Unavailable when the store is away
   * @throws the signal's reason
   */
  readonly reach: (
    projection: AnyProjection,
    position: bigint | 'head',
    options?: ReachOptions,
  ) => Promise<bigint>
}

/**
 * A read model did not reach a position in time. It is answered as everything that is unavailable for a moment: with 503
 * and `Retry-After`, as the refusal `not_caught_up` over a socket, or by leaving out that part of an answer.
 */
export class NotCaughtUp extends Unavailable {
  override name = 'NotCaughtUp'
}

/** A caller names a position that no event has: it was not returned by this log. */
export class PositionBeyondHead extends Error {
  override name = 'PositionBeyondHead'
  /** Position of the last event of the log. */
  readonly head: bigint
  constructor(head: bigint) {
    super(`The log ends at position ${head}`)
    this.head = head
  }
}

/**
 * One document, also when the event that made it was recorded a moment ago: after a miss the read model is waited for up
 * to the present head of the log, and read again, so that no link from an answer leads nowhere.
 */
export const readOne = async <D>(
  readModels: ReadModels,
  projection: Projection<D>,
  key: string,
  minPosition?: bigint,
): Promise<{ readonly document: D | undefined; readonly position: bigint }> => {
  const found = await readModels.get(projection, key, minPosition)
  if (found.document !== undefined) return found
  return readModels.get(projection, key, await readModels.reach(projection, 'head'))
}
