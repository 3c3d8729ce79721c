import { setTimeout as pause } from 'node:timers/promises'
import type { Projection, RecordedEvent } from '#kernel'
import type { Slice } from '../../platform/storage/event-log/port.ts'
import { NotCaughtUp } from '../../runtime/reading.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import type { Changes } from '../../serving/topic.ts'
import type { RealtimeDependencies } from './dependencies.ts'

/** How long a read model is waited for before it is looked whether to stop, in ms. */
const patience = 500

/** After so many times `patience`, and again after as many, it is written down that a read model is behind. */
const worrying = 10

/** The pauses after failures, in ms. */
const backOff = { first: 50, most: 2_000 }

/** What one slice of the log changed in a read model. */
export type News<D> = Changes<D> & {
  /** Called just before a subject is told: the sockets to leave out, as `ask` has just told them as much. */
  readonly leaveOut: (subject: string) => string[]
}

/** What is to be heard live of a read model. */
export type Topic<D> = {
  readonly projection: Projection<D>
  /** The event types that may matter. */
  readonly types: readonly string[]
  /** The document that an event changed, when somebody connected is to hear of it. Called once for each, in order. */
  readonly keyOf: (event: RecordedEvent) => string | undefined
  /** Tells them. What it reads itself is read after the read model has reached the position. */
  readonly push: (news: News<D>) => void | Promise<void>
}

/** Something read from a read model, true up to a position at least. */
type Read = { readonly position: bigint }

/** A topic that is being followed. */
export type Live = {
  /**
   * Tells one socket where a subject stands, between pushes: it misses nothing that comes later, and is never told
   * anything older afterwards. The socket is in the subject's room already.
   * @param subject what `leaveOut` is asked about
   * @param read reads where it stands, as fresh as the position given
   * @param tell called once, with what was read
   * @throws NotCaughtUp when the read model is too far behind
   * @throws Unavailable when the store is away
   */
  readonly ask: <R extends Read>(
    subject: string,
    socketId: string,
    read: (minPosition: bigint) => Promise<R>,
    tell: (found: R) => void,
  ) => Promise<void>
  /** Resolves when the signal has ended it. */
  readonly over: Promise<void>
}

/**
 * Follows the log for one read model, from the head on, and pushes what changed once it is readable. A slice is over
 * before the next one is taken, so nothing older is pushed after something newer; while the read model is behind, what
 * happens piles up in the log, and each document is then pushed as it is in the end.
 * @param signal ends it
 */
export const followReadModel = <D extends { readonly id: string }>(
  { projection, types, keyOf, push }: Topic<D>,
  {
    feed,
    readModels,
    progress,
    logger,
  }: Pick<RealtimeDependencies, 'feed' | 'readModels' | 'progress' | 'logger'>,
  signal: AbortSignal,
): Live => {
  const { name } = projection
  const mattering = new Set(types)
  /** The rooms were looked at for all events up to here: who joins later does not hear of those. */
  let examined = feed.head()
  /** Documents as of this position may be on their way to clients. */
  let underWay = examined
  /** Who was told what, by subject, while documents that were read before may be on their way. */
  let toldMeanwhile: Map<string, Set<string>> | undefined
  /** Who is asking, by subject, and whether something was pushed since they looked. */
  const asking = new Map<string, Set<{ overtaken: boolean }>>()

  const reached = async (position: bigint): Promise<void> => {
    for (let tries = 1; ; tries += 1)
      try {
        await progress.reach(name, position, patience)
        return
      } catch (error) {
        if (signal.aborted || !(error instanceof NotCaughtUp)) throw error
        if (tries % worrying === 0)
          logger.warn({ err: error, projection: name }, 'Clients wait for a read model')
      }
  }

  const documentsOf = async (keys: readonly string[]): Promise<readonly D[]> => {
    const written = progress.cached(projection, keys)
    if (written) return written
    const [key, ...others] = keys
    if (key !== undefined && others.length === 0) {
      const { document } = await readModels.get(projection, key)
      return document === undefined ? [] : [document]
    }
    // A page that is not full need not be counted.
    const query = { where: { id: { in: keys } }, limit: keys.length + 1 }
    return (await readModels.find(projection, query)).documents
  }

  const concerned = (events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> => {
    const byKey = new Map<string, RecordedEvent[]>()
    for (const event of events) {
      const key = mattering.has(event.type) ? keyOf(event) : undefined
      if (key === undefined) continue
      const known = byKey.get(key)
      if (known) known.push(event)
      else byKey.set(key, [event])
    }
    return byKey
  }

  const take = async ({ events, position }: Slice): Promise<void> => {
    const byKey = concerned(events)
    examined = position
    if (byKey.size === 0) return
    await reached(position)
    underWay = position
    toldMeanwhile = new Map()
    try {
      const documents = await documentsOf([...byKey.keys()])
      await push({
        changes: documents.map((document) => ({ document, events: byKey.get(document.id) ?? [] })),
        // Not where the read model is by now: a later slice would be pushed with the same position.
        position: String(position),
        leaveOut: (subject) => {
          for (const one of asking.get(subject) ?? []) one.overtaken = true
          return [...(toldMeanwhile?.get(subject) ?? [])]
        },
      })
    } finally {
      toldMeanwhile = undefined
    }
  }

  const run = async (): Promise<void> => {
    let pushed = examined
    let wait = backOff.first
    while (!signal.aborted)
      try {
        const slice = await feed.next(pushed, { signal, types })
        await take(slice).catch((error: unknown) => {
          // What is only away comes back, and the slice is taken again; a flaw would be met again.
          if (signal.aborted || error instanceof Unavailable || error instanceof NotCaughtUp)
            throw error
          examined = slice.position
          logger.error({ err: error, projection: name }, 'Clients could not be told what happened')
        })
        pushed = slice.position
        wait = backOff.first
      } catch (error) {
        if (signal.aborted) return
        logger.warn({ err: error, projection: name }, 'Telling clients what happens is tried again')
        await pause(wait, undefined, { signal }).catch(() => undefined)
        wait = Math.min(wait * 2, backOff.most)
      }
  }

  return {
    ask: async (subject, socketId, read, tell) => {
      const one = { overtaken: false }
      const others = asking.get(subject) ?? new Set()
      asking.set(subject, others.add(one))
      try {
        let found = await read(examined)
        // What set out meanwhile arrives later and must not be older; what has arrived must not be newer.
        while ((one.overtaken || found.position < underWay) && !signal.aborted) {
          one.overtaken = false
          found = await read(underWay)
        }
        toldMeanwhile?.set(subject, (toldMeanwhile.get(subject) ?? new Set()).add(socketId))
        tell(found)
      } finally {
        others.delete(one)
        if (others.size === 0) asking.delete(subject)
      }
    },
    over: run(),
  }
}
