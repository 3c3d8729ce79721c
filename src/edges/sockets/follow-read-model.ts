import type { Projection, RecordedEvent } from '#kernel'
import type { Slice } from '../../platform/storage/event-log/port.ts'
import { followFeed } from '../../runtime/follow-feed.ts'
import type { ReachOptions } from '../../runtime/reading.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import type { Changes } from '../../serving/topic.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import { holds as openHolds, type Holds } from './holds.ts'

/** While a read model is behind, that is logged after each such time, in ms. */
const warnEvery = 5_000

/** Changes of a read model by one slice of the log. */
export type Push<D> = Changes<D> & {
  /** Returns the sockets to exclude from a push to a subject, as `ask` has just answered them. Called right before the push. */
  readonly leaveOut: (subject: string) => string[]
  readonly holds: Pick<Holds, 'leaveOut'>
}

/** A read model whose changes are pushed to sockets. */
export type Topic<D> = {
  readonly projection: Projection<D>
  /** The event types that may change pushed documents. */
  readonly types: readonly string[]
  /** Returns the key of the document that an event changed, if a socket has subscribed to it. Called once for each event, in order. */
  readonly keyOf: (event: RecordedEvent) => string | undefined
  /** Sends the messages. Its own reads come after the read model has reached the position. */
  readonly push: (news: Push<D>) => void | Promise<void>
  /** Called with the events of a slice that could not be pushed, by a flaw: their sockets have missed something. */
  readonly skipped: (events: readonly RecordedEvent[]) => void
}

/** State read from a read model, complete up to a position at least. */
type Read = { readonly position: bigint }

/** A topic that is being followed. */
export type Live = {
  /**
   * Answers one socket with the state of a subject, between pushes: the socket misses no later push, and receives none
   * that is older than the answer. The socket has joined the subject's room before.
   * @param subject the argument of `leaveOut`
   * @param read reads the state, as fresh as the given position
   * @param tell called once, with the state
   * @throws NotCaughtUp when the read model is too far behind
   * @throws Unavailable when the store is unavailable
   */
  readonly ask: <R extends Read>(
    subject: string,
    socketId: string,
    read: (minPosition: bigint) => Promise<R>,
    tell: (found: R) => void,
  ) => Promise<void>
  /** Position up to which events were matched with rooms: later ones are pushed to the sockets that are in a room by then. */
  readonly examined: () => bigint
  /** The holds of sockets that are sent missed messages first. */
  readonly holds: Holds
  /** Resolves once the signal has ended the follower. */
  readonly over: Promise<void>
}

/**
 * Follows the log for one read model, from the head on, and pushes changes once they are readable. A slice is pushed
 * completely before the next one is read, so no push is older than the one before. While the read model is behind,
 * events queue up in the log, and each document is then pushed once, in its latest state.
 * @param signal ends the follower
 */
export const followReadModel = <D extends { readonly id: string }>(
  { projection, types, keyOf, push, skipped }: Topic<D>,
  {
    feed,
    readModels,
    progress,
    logger,
    traced,
  }: Pick<RealtimeDependencies, 'feed' | 'readModels' | 'progress' | 'logger' | 'traced'>,
  signal: AbortSignal,
): Live => {
  const { name } = projection
  const trace = traced?.(`push ${name}`)
  const followed = new Set(types)
  /** Position up to which events were matched with rooms; a socket that joins later receives no push of those events. */
  let examined = feed.head()
  /** Position of the documents that are being pushed, or were pushed last. */
  let pushing = examined
  const holds = openHolds()
  /** Sockets already answered in this push, by subject; undefined between pushes. */
  let answeredInPush: Map<string, Set<string>> | undefined
  /** Reads of `ask` that are pending, by subject, and whether a push has overtaken them. */
  const pendingReads = new Map<string, Set<{ overtaken: boolean }>>()

  /** What clients are sent is readable for them: a push waits for the read model, however long that takes. */
  const waiting: ReachOptions = {
    timeoutMs: warnEvery,
    signal,
    onLate: (error) =>
      logger.warn({ err: error, projection: name }, 'A read model is behind; its pushes wait'),
  }

  const documentsOf = async (keys: readonly string[]): Promise<readonly D[]> => {
    const written = progress.cached(projection, keys)
    if (written) return written
    const [key, ...others] = keys
    if (key !== undefined && others.length === 0) {
      const { document } = await readModels.get(projection, key)
      return document === undefined ? [] : [document]
    }
    // With a limit above the number of keys, the store does not count the documents.
    const query = { where: { id: { in: keys } }, limit: keys.length + 1 }
    return (await readModels.find(projection, query)).documents
  }

  const eventsByKey = (events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> => {
    const byKey = new Map<string, RecordedEvent[]>()
    for (const event of events) {
      const key = followed.has(event.type) ? keyOf(event) : undefined
      if (key === undefined) continue
      const known = byKey.get(key)
      if (known) known.push(event)
      else byKey.set(key, [event])
    }
    return byKey
  }

  const take = async ({ events, position }: Slice): Promise<void> => {
    const since = trace?.now()
    const byKey = eventsByKey(events)
    examined = position
    if (byKey.size === 0) return holds.passed(position)
    await readModels.reach(projection, position, waiting)
    pushing = position
    answeredInPush = new Map()
    try {
      const found = await documentsOf([...byKey.keys()])
      const documents = new Map(found.map((document) => [document.id, document]))
      await push({
        // In the order of the log, which is not that of the store.
        changes: [...byKey].flatMap(([id, events]) => {
          const document = documents.get(id)
          return document ? [{ document, events }] : []
        }),
        gone: [...byKey].flatMap(([id, events]) => (documents.has(id) ? [] : events)),
        // Not the present position of the read model: a later slice would be pushed with the same position.
        position: String(position),
        leaveOut: (subject) => {
          for (const one of pendingReads.get(subject) ?? []) one.overtaken = true
          return [...(answeredInPush?.get(subject) ?? [])]
        },
        holds,
      })
      holds.passed(position)
      if (trace && since !== undefined) trace.done([...byKey.values()].flat(), since)
    } finally {
      answeredInPush = undefined
    }
  }

  const over = followFeed(feed, examined, {
    types,
    signal,
    take: async (slice) => {
      try {
        await take(slice)
      } catch (error) {
        // What is only away comes back, and the slice is taken again; a flaw would be met again.
        if (signal.aborted || error instanceof Unavailable) throw error
        examined = slice.position
        logger.error(
          { err: error, projection: name },
          'A slice could not be pushed and is skipped; the sockets that it concerns have to resume',
        )
        skipped(slice.events.filter(({ type }) => followed.has(type)))
      }
    },
    onError: (error) =>
      logger.warn({ err: error, projection: name }, 'Pushing changes failed and is retried'),
  })

  return {
    ask: async (subject, socketId, read, tell) => {
      const one = { overtaken: false }
      const others = pendingReads.get(subject) ?? new Set()
      pendingReads.set(subject, others.add(one))
      try {
        let found = await read(examined)
        // A push under way arrives after this answer and must not be older; a finished push must not be newer.
        while ((one.overtaken || found.position < pushing) && !signal.aborted) {
          one.overtaken = false
          found = await read(pushing)
        }
        answeredInPush?.set(subject, (answeredInPush.get(subject) ?? new Set()).add(socketId))
        tell(found)
      } finally {
        others.delete(one)
        if (others.size === 0) pendingReads.delete(subject)
      }
    },
    examined: () => examined,
    holds,
    over,
  }
}
