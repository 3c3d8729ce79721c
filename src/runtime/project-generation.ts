import { setTimeout as pause } from 'node:timers/promises'
import type { Catalogue, RecordedEvent } from '#kernel'
import type { DeadLetters, Follower } from '../platform/storage/dead-letters/port.ts'
import {
  GenerationMissing,
  PartMoved,
  type DocumentStore,
  type Generation,
} from '../platform/storage/documents/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { backOff } from '../platform/back-off.ts'
import type { Control } from '../platform/messaging/control/port.ts'
import type { FeedSlice } from './feed-readers.ts'
import type { Feed } from './feed.ts'
import { beginFolding, writtenByAnother, type Changed } from './folding.ts'
import { mostFanningOut } from './fold.ts'
import { batchSize, restAfter, saveEvery, type GroupedWriter } from './grouped-writer.ts'
import { upToNewer } from './newer-events.ts'
import { operatorRequests } from './operator-requests.ts'
import type { RunHere } from './progress.ts'
import { retryParked } from './retry-parked.ts'
import type { Following } from './traced-followers.ts'

/** How often a generation that is being built saves its position past what it does not read, in ms. */
const saveIdleEvery = 5_000

/**
 * Pages of events that a part reads at once, at most, so that it writes as many of its own at once as a whole would; where the
 * log selects those of the part, one page is enough.
 */
const mostPages = 4

export type GenerationRun = {
  readonly feed: Feed
  readonly documents: DocumentStore
  readonly letters: DeadLetters
  readonly control: Control
  /** Whether the caller holds the lease at this moment; when it does not, `signal` is aborted. */
  readonly isHeld: () => boolean
  readonly catalogue: Pick<Catalogue, 'unreadable' | 'streamTold'>
  /** Writes it together with others once it has caught up; alone, when left out. */
  readonly writer?: GroupedWriter
  /** Ends the run. */
  readonly signal: AbortSignal
  /** Called once, before the first batch. */
  readonly begun?: (run: RunHere) => void
  /** Called after each write, and after the position has moved without one. */
  readonly moved?: () => void
  /** Called when the generation is at the end of the log, or was when its last batch was read. */
  readonly caughtUp?: () => void
  readonly onError: (error: unknown) => void
  /** Traces what is written. Default: untraced. */
  readonly trace?: Following | undefined
  /** Called with the events of each batch once it is durable. */
  readonly taken?: ((events: readonly RecordedEvent[]) => void) | undefined
  /** The position at which the run ends. */
  readonly until?: bigint
}

/**
 * Folds the log into one generation of a read model, batch by batch, until it is told to stop. The caller holds the
 * lease: nobody else writes this generation.
 * @returns where it stands
 * @throws GenerationMissing when the store has lost the generation
 * @throws PartMoved when the part is no longer left to this runner
 * @throws NewerVersion before an event that the projection reads, but only a newer version of Agora can fold
 */
export const projectGeneration = async (
  generation: Generation,
  run: GenerationRun,
): Promise<bigint> => {
  const { feed, documents, letters, control, isHeld, catalogue, writer, signal, until } = run
  const { moved, caughtUp, onError } = run
  const { projection, part } = generation
  const reads = new Set(projection.reads)
  const follower: Follower = {
    kind: 'projection',
    name: projection.name,
    generation: generation.generation,
  }
  /** The positions that callers wait for. */
  const wanted = new Set<{ readonly to: bigint }>()
  const folding = await beginFolding(generation, follower, {
    feed,
    documents,
    letters,
    catalogue,
    onPending: () => writer?.wake(),
    onError,
    trace: run.trace,
    taken: run.taken,
  })
  const { reader } = folding
  /** Number of events that are read at once: not more than are folded at once. */
  const limit = projection.fanOut
    ? mostFanningOut
    : batchSize * (part && !projection.keyIn ? Math.min(part.of, mostPages) : 1)
  const isReached = (): boolean => until !== undefined && reader.position() >= until
  const reportProgress = (): void => {
    moved?.()
    if (!reader.isPending()) caughtUp?.()
  }

  const write = async (changed: Changed, to: bigint): Promise<void> => {
    if (!(await documents.write(generation, folding.batchTo(changed, to))))
      throw writtenByAnother(generation)
    folding.wrote(changed, to)
  }

  const savePosition = async (): Promise<void> => {
    const move = isHeld() ? folding.unsaved() : undefined
    if (!move) return
    const [done] = await documents.advance([move])
    if (!done) throw writtenByAnother(generation)
    folding.savedAt(move.to)
  }
  let savedLast = performance.now()
  const savePositionIfDue = async (): Promise<void> => {
    if (performance.now() - savedLast < saveEvery) return
    savedLast = performance.now()
    await savePosition()
  }

  // The process that manages the parts answers operators, when it has gathered them.
  const hasParked = (): boolean => !part && folding.parked.size > 0
  const requests = operatorRequests(control, signal, {
    isPending: hasParked(),
    concerns: async () => hasParked() || (!part && (await letters.requested(follower)).length > 0),
  })

  /** Whether an answer has failed: no other announcement would follow. */
  let isUnanswered = false
  const answerOperator = async (): Promise<void> => {
    requests.answering()
    isUnanswered = true
    await savePosition()
    await retryParked(folding, follower, {
      feed,
      letters,
      signal,
      aheadAt: folding.aheadAt,
      // Documents that fan out are never ahead: their store writes them and the position in one transaction.
      writeFurther: write,
      write: async (key, document, at) => {
        // The feed may have moved the position meanwhile, past events that the projection does not read.
        if (at <= reader.position()) return write(new Map([[key, document]]), at)
        await documents.replaceAhead?.(generation, key, document, at)
        folding.forget(key)
      },
    })
    isUnanswered = false
  }

  /** Folds and writes a slice. @returns whether anything changed, and whether a part of it is left to the next one */
  const take = async (
    slice: FeedSlice,
  ): Promise<{ readonly wrote: boolean; readonly isCut: boolean }> => {
    const end = until !== undefined && slice.position > until ? until : slice.position
    const upToEnd = slice.events.filter(({ position }) => position <= end)
    const newer = folding.newerIn(upToEnd)
    const part = newer && upToNewer(upToEnd, newer, reader.position(), catalogue)
    const { events, position: to } = part ?? { events: upToEnd, position: end }
    const { changed, cutAt } = await folding.fold(events)
    // Readers wait for the least position: a part saves its own also where events concern other parts only.
    // Those may have been left out of the slice.
    const isAwaited =
      generation.part !== undefined &&
      ((slice.isFiltered && projection.keyIn !== undefined) ||
        events.some(({ type }) => reads.has(type)))
    const isWritten = changed.size > 0 || isAwaited
    if (isWritten) await folding.write(changed, cutAt ?? to)
    else reader.moveTo(cutAt ?? to)
    const isCut = cutAt !== undefined
    if (part && !isCut) throw part.error
    return { wrote: isWritten, isCut }
  }

  /** Whether it has something to take in before it can go with others. */
  let isBehind = reader.isPending()

  /** Takes in the next slice by itself. */
  const step = async (): Promise<void> => {
    const isFollowed = writer !== undefined || until !== undefined || part !== undefined
    const mayMove = isFollowed || folding.unsaved() !== undefined
    const patience = mayMove ? saveEvery : saveIdleEvery
    const slice = await requests.unlessPending((waiting) =>
      reader.next({ signal: waiting, limit, patience }),
    )
    if (!slice || !isHeld()) return
    const started = performance.now()
    const { wrote, isCut } = await take(slice)
    const isCaughtUp = slice.caughtUp && !isCut
    isBehind = !isCaughtUp
    reportProgress()
    // What has come since is left to the next batch, or else a busy log would never be caught up with.
    if (isCaughtUp) caughtUp?.()
    if (!wrote) return savePositionIfDue()
    if (isCaughtUp)
      await pause(restAfter(performance.now() - started), undefined, { signal }).catch(
        () => undefined,
      )
  }

  const furthestWanted = (): bigint => {
    let furthest = 0n
    for (const { to } of wanted) if (to > furthest) furthest = to
    return furthest
  }

  /** Takes part in the group until there is something that the generation has to take in by itself. */
  const writeInGroup = async (group: GroupedWriter): Promise<void> => {
    const member = {
      folding,
      isHeld,
      moved: reportProgress,
      delay: projection.delay,
      wanted: furthestWanted,
      fansOut: projection.fanOut !== undefined,
    }
    await group.join(member, requests.signal())
    // It may have left to answer an operator.
    isBehind = !requests.isPending()
  }

  run.begun?.({
    position: reader.position,
    cached: folding.cached,
    hurry: (to) => {
      const one = { to }
      wanted.add(one)
      writer?.wake()
      return () => void wanted.delete(one)
    },
  })
  reportProgress()

  try {
    const pauses = backOff()
    let isLost = false
    while (!signal.aborted && !isReached())
      try {
        if (isLost) {
          // Not before it is known: what was written all the same must not be folded again.
          await folding.reload()
          isLost = false
          reportProgress()
          // The position is in PostgreSQL: that it answers says nothing of the store that has failed.
          continue
        }
        if (isUnanswered || requests.isPending()) await answerOperator()
        else if (writer && !isBehind) await writeInGroup(writer)
        else await step()
        pauses.reset()
      } catch (error) {
        if (signal.aborted) break
        if (error instanceof NewerVersion) {
          await savePosition()
          throw error
        }
        if (error instanceof GenerationMissing || error instanceof PartMoved) throw error
        onError(error)
        // It may have been written all the same: the saved position decides.
        isLost = true
        isBehind = true
        await pauses.wait(signal)
      }
    await savePosition().catch(onError)
    return reader.position()
  } finally {
    folding.close()
    await requests.close()
  }
}
