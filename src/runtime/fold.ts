import type { AnyProjection, RecordedEvent } from '#kernel'

/** A document that an event could not be folded into. */
export type Failure = {
  readonly key: string
  readonly event: RecordedEvent
  readonly error: unknown
}

/** The result of folding a batch of events. */
export type Folded = {
  /** The documents that changed, as they are now; `undefined` for those that are to be removed. */
  readonly changed: ReadonlyMap<string, unknown>
  readonly failures: readonly Failure[]
  /** Position of the last event that was folded, where the fan-out was too large to fold all of them. */
  readonly cutAt?: bigint
}

/** Fanned-out documents after which no further event is folded, so that memory stays bounded. */
export const mostFannedOut = 2_000

/** Events of a projection that fans out that are folded at once: their documents may be large, and all are loaded before. */
export const mostFanningOut = 50

/** The key under which a stream is parked when the projection cannot name the documents of its event. */
export const keyOfStream = (stream: string): string => `stream:${stream}`

/** The keys of the documents that an event concerns; the key of its stream where they cannot be named. */
export const keysOf = (projection: AnyProjection, event: RecordedEvent): readonly string[] => {
  try {
    return projection.keysOf(event)
  } catch {
    return [keyOfStream(event.stream)]
  }
}

/**
 * Folds a batch of events in memory, or as many of them as its fan-out permits.
 * @param before the documents concerned, as they were
 * @param parked parked keys: their events are skipped
 * @param ahead positions that documents are true at already: their events up to there are skipped
 */
export const fold = (
  projection: AnyProjection,
  events: readonly RecordedEvent[],
  before: ReadonlyMap<string, unknown>,
  parked: ReadonlySet<string>,
  ahead: ReadonlyMap<string, bigint> = new Map(),
): Folded => {
  const changed = new Map<string, unknown>()
  const failures = new Map<string, Failure>()
  let fannedOut = 0
  for (const [nth, event] of events.entries()) {
    for (const key of keysOf(projection, event)) {
      if (parked.has(key) || failures.has(key) || event.position <= (ahead.get(key) ?? 0n)) continue
      const document = changed.has(key) ? changed.get(key) : before.get(key)
      try {
        if (key === keyOfStream(event.stream)) projection.keysOf(event)
        const further = projection.fanOut?.(document as never, event, key) ?? []
        const next = projection.evolve(document as never, event, key)
        if (next !== document) changed.set(key, next)
        for (const [one, replaced] of further) changed.set(one, replaced)
        fannedOut += further.length
      } catch (error) {
        // What the batch made of it before the failure stays: the letter says from where on it stands still.
        failures.set(key, { key, event, error })
      }
    }
    if (fannedOut >= mostFannedOut && nth < events.length - 1)
      return { changed, failures: [...failures.values()], cutAt: event.position }
  }
  return { changed, failures: [...failures.values()] }
}
