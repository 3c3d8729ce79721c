import type { ChainedLog, LogDigest } from '../platform/storage/log-digests/port.ts'

/** A digest at a position that the operator has from elsewhere. */
export type KnownDigest = Pick<LogDigest, 'position' | 'digest'>

/** An event that a fault names; never its data. */
export type FaultyEvent = {
  readonly position: bigint
  readonly stream: string
  readonly revision: number
  readonly type: string
  readonly eventId: string
}

/** Part of a log between two positions, both included. */
export type Span = { readonly first: bigint; readonly last: bigint }

/**
 * What differs between a log and its chain:
 * - `changed`: an event is not the one that was recorded; undefined where only its slice is known
 * - `missing`: events were removed
 * - `unexpected`: an event where none was recorded
 * - `truncated`: the log ends before its chain, or before its own head
 * - `entry`: an entry of the chain was changed
 * - `known`: the digest at a position is not the one that the operator has
 */
export type LogFault =
  | { readonly kind: 'changed'; readonly slice: Span; readonly event: FaultyEvent | undefined }
  | { readonly kind: 'missing'; readonly slice: Span; readonly positions: Span | undefined }
  | { readonly kind: 'unexpected'; readonly slice: Span; readonly event: FaultyEvent }
  | { readonly kind: 'truncated'; readonly end: bigint; readonly expected: bigint }
  | { readonly kind: 'entry'; readonly position: bigint; readonly reason: string }
  | {
      readonly kind: 'known'
      readonly position: bigint
      readonly digest: string
      /** The digest that was computed; undefined where no event has the position. */
      readonly found: string | undefined
    }

/** Result of a verification. */
export type Verification = {
  readonly log: ChainedLog
  /** The digest at the end of the log, computed from its events. */
  readonly end: KnownDigest
  /** Number of events that were read. */
  readonly read: number
  /** Last position of the chain; undefined for an empty chain. */
  readonly chained: bigint | undefined
  /** Number of events after the chain. */
  readonly unchained: number
  /** Signatures of the entries: valid ones, and those that were not checked, as no key was given. */
  readonly signatures: { readonly valid: number; readonly unchecked: number }
  /** In the order of the log, then those of known digests; some 100 at most. */
  readonly faults: readonly LogFault[]
}
