import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from '#kernel'
import type { Advance, DocumentStore } from '../platform/storage/documents/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { Feed } from './feed.ts'
import type { Changed, Folding } from './folding.ts'

/** Most events that are folded before a write. */
export const batchSize = 1_000

/** Delay in ms after a move of the head until positions without writes are saved, all by one statement. */
export const saveEvery = 200

/**
 * Pause between batches at the head, in ms: the first event after a pause is folded at once, those that follow closely
 * share a batch, which costs the same for one event and for twenty. The longer a batch takes, the longer the pause after
 * it, so that commands get CPU time on a busy machine.
 */
const pace = { least: 4, most: 20 }

/**
 * Longest time in ms that a round waits for one member: for loading its documents, parking a letter, or writing while
 * its table is locked. After that the member finishes beside the rounds of the group.
 */
const patience = 1_000

/** Returns the pause after a batch, in ms. @param took the duration of the batch, in ms */
export const restAfter = (took: number): number =>
  Math.min(Math.max(pace.least - took, took), pace.most)

/** Documents beyond which a batch, as of fan-out, is written beside the others: it would delay all that follow the same events. */
const mostTogether = 500

/** A generation that the group writes. */
export type Member = {
  readonly folding: Folding
  /** Whether this process holds the lease at this moment. */
  readonly isHeld: () => boolean
  /** Called after each write, and after the position has moved without one. */
  readonly moved: () => void
  /** Longest delay of its documents, in ms; 0 for none. */
  readonly delay: number
  /** Position that a caller waits for; until it is reached, the delay does not apply. */
  readonly wanted: () => bigint
  /** Whether its batches may be much larger than the number of their events. */
  readonly fansOut?: boolean
}

/** Writes generations of one store together, each from its joining until it leaves. */
export type GroupedWriter = {
  /**
   * Adds a generation to the group; only the group may write it meanwhile.
   * @returns when it has left: when the signal is aborted, or when its next slice has to be processed alone
   * @throws the error of its write; whether it was written is not known
   */
  readonly join: (member: Member, signal: AbortSignal) => Promise<void>
  /** Begins a round, unless one is under way: a member has events to fold, or a caller waits for its position. */
  readonly wake: () => void
}

type Part = { readonly one: Joined; readonly changed: Changed; readonly to: bigint }

type Joined = Member & {
  readonly leave: () => void
  readonly fail: (error: unknown) => void
  /** When its first pending event was seen, in ms of the monotonic clock. */
  pendingSince?: number | undefined
  /** Whether a fold, a write or a save of it is under way. */
  isBusy: boolean
  /** Whether it leaves as soon as it is no longer busy. */
  isLeaving: boolean
}

/** Resolves when all work is done, and after `ms` at the latest. */
const atMost = async (ms: number, work: readonly Promise<void>[]): Promise<void> => {
  if (work.length === 0) return
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, ms)
  await Promise.race([Promise.all(work), over.promise])
  clearTimeout(timer)
}

/**
 * Makes the one writer of a store in this process: the documents that its projections fold from a slice are written by
 * one statement (docs/decisions/037).
 */
export const groupedWriter = ({
  documents,
  feed,
}: {
  readonly documents: Pick<DocumentStore, 'writeAll' | 'advance'>
  readonly feed: Pick<Feed, 'onMoved'>
}): GroupedWriter => {
  const members = new Set<Joined>()
  let isLooping = false
  let mustSave = false
  /** Fires when the next member that may be late is due. */
  let timer: NodeJS.Timeout | undefined
  /** Saves positions that moved after the save that follows the head. */
  let saving: NodeJS.Timeout | undefined

  const saveSoon = (): void => {
    saving ??= setTimeout(savePositions, saveEvery)
  }

  /** Ends the work of a member: it leaves, or joins the next round. */
  const release = (one: Joined): void => {
    one.isBusy = false
    if (one.isLeaving) one.leave()
    else wake()
  }

  /** Ends the round of a member, also after a failure. */
  const finish = (one: Joined): void => {
    one.pendingSince = undefined
    one.moved()
    release(one)
  }

  /** Folds the next slice of a member; undefined when it has left. */
  const prepare = async (one: Joined): Promise<Part | undefined> => {
    const { folding, isHeld, leave, fail } = one
    try {
      const slice = isHeld() ? folding.reader.peek(batchSize) : undefined
      // A slice that is not in memory, or has events of a newer version, is processed outside the group.
      if (slice && !folding.newerIn(slice.events)) {
        const { changed, cutAt } = await folding.fold(slice.events)
        return { one, changed, to: cutAt ?? slice.position }
      }
      leave()
    } catch (error) {
      fail(error)
    }
    return undefined
  }

  /** Moves a member past events that change none of its documents. */
  const pass = ({ one, to }: Part): void => {
    one.folding.reader.moveTo(to)
    saveSoon()
    finish(one)
  }

  const writeAlone = async (part: Part): Promise<void> => {
    const { one, changed, to } = part
    const { folding, fail, leave } = one
    if (changed.size === 0) return pass(part)
    try {
      // Checked again: the group may have waited for a lock meanwhile.
      if (!one.isHeld()) leave()
      else await folding.write(changed, to)
    } catch (error) {
      fail(error)
    }
    finish(one)
  }

  /** Writes all or nothing. @returns false when nothing was written, so that each has to be written alone */
  const writeTogether = async (parts: readonly Part[]): Promise<boolean> => {
    const batches = parts.map(({ one: { folding }, changed, to }) => ({
      generation: folding.generation,
      ...folding.batchTo(changed, to),
    }))
    try {
      if (!(await documents.writeAll(batches))) return false
      for (const { one, changed, to } of parts) {
        one.folding.wrote(changed, to)
        finish(one)
      }
    } catch (error) {
      if (!(error instanceof Unavailable)) return false
      // It may have been written: each member leaves and reads its position again.
      for (const { one } of parts) {
        one.fail(error)
        finish(one)
      }
    }
    return true
  }

  /**
   * Folds and writes what is pending for members that are due; those that take long are left to finish by themselves.
   * @returns whether there was anything to write
   */
  const round = async (due: readonly Joined[]): Promise<boolean> => {
    const ready: Part[] = []
    let isOpen = true
    const folds = due.map(async (one) => {
      one.isBusy = true
      const part = await prepare(one)
      if (!part) finish(one)
      else if (isOpen) ready.push(part)
      else await writeAlone(part)
    })
    await atMost(patience, folds)
    isOpen = false
    const changed: Part[] = []
    for (const part of ready) {
      const { one } = part
      if (!one.isHeld()) {
        one.leave()
        finish(one)
      } else if (part.changed.size === 0) pass(part)
      else if (one.fansOut && part.changed.size > mostTogether) void writeAlone(part)
      else changed.push(part)
    }
    if (!(changed.length > 1 && (await writeTogether(changed))))
      await atMost(patience, changed.map(writeAlone))
    return changed.length > 0
  }

  const save = async (): Promise<void> => {
    const moves: { readonly one: Joined; readonly move: Advance }[] = []
    for (const one of members) {
      const move = !one.isBusy && one.isHeld() ? one.folding.unsaved() : undefined
      if (!move) continue
      one.isBusy = true
      moves.push({ one, move })
    }
    if (moves.length === 0) return
    try {
      const saved = await documents.advance(moves.map(({ move }) => move))
      moves.forEach(({ one, move }, index) => {
        const { name } = move.generation.projection
        if (saved[index]) one.folding.savedAt(move.to)
        else one.fail(new Unavailable(`${name} is written by another process`))
      })
    } catch (error) {
      for (const { one } of moves) one.fail(error)
    }
    for (const { one } of moves) release(one)
  }

  /** Returns how long a member may still wait, in ms; undefined when it has nothing to fold, or is busy. */
  const waitOf = (one: Joined, now: number): number | undefined => {
    const { reader } = one.folding
    if (one.isBusy || !reader.isPending()) return undefined
    one.pendingSince ??= now
    return one.wanted() > reader.position() ? 0 : one.pendingSince + one.delay - now
  }

  const loop = async (): Promise<void> => {
    for (;;) {
      // Runs after the feed has delivered the whole slice, so that all members that read it share a round.
      await Promise.resolve()
      if (mustSave) {
        mustSave = false
        await save()
      }
      const now = performance.now()
      const due: Joined[] = []
      let next = Infinity
      for (const one of members) {
        const wait = waitOf(one, now)
        if (wait === undefined) continue
        if (wait <= 0) due.push(one)
        else next = Math.min(next, wait)
      }
      const wrote = due.length > 0 && (await round(due))
      if (due.length === 0 && !mustSave) {
        clearTimeout(timer)
        timer = next === Infinity ? undefined : setTimeout(wake, next)
        isLooping = false
        return
      }
      if (wrote) await pause(restAfter(performance.now() - now))
    }
  }

  const wake = (): void => {
    if (isLooping) return
    isLooping = true
    void loop()
  }

  const savePositions = (): void => {
    clearTimeout(saving)
    saving = undefined
    mustSave = true
    wake()
  }
  feed.onMoved(saveEvery, savePositions)

  return {
    wake,
    join: (member, signal) =>
      new Promise((resolve, reject) => {
        const end = (): boolean => {
          signal.removeEventListener('abort', stop)
          const isMember = members.delete(one)
          if (members.size === 0) {
            clearTimeout(timer)
            clearTimeout(saving)
            saving = undefined
          }
          return isMember
        }
        const one: Joined = {
          ...member,
          isBusy: false,
          isLeaving: false,
          leave: () => {
            if (end()) resolve()
          },
          fail: (error) => {
            if (end()) reject(error as Error)
          },
        }
        const stop = (): void => {
          if (one.isBusy) one.isLeaving = true
          else one.leave()
        }
        members.add(one)
        if (signal.aborted) return stop()
        signal.addEventListener('abort', stop)
        if (member.folding.reader.isPending()) wake()
        // Its position may have moved before it joined.
        else if (member.folding.unsaved()) saveSoon()
      }),
  }
}

/** Returns the grouped writer of a store: an unavailable store delays no other. */
export type Writers = (store: Store) => GroupedWriter

/** Makes the writers of all stores, each at its first use. */
export const groupedWriters = (deps: Parameters<typeof groupedWriter>[0]): Writers => {
  const writers = new Map<Store, GroupedWriter>()
  return (store) => {
    const writer = writers.get(store) ?? groupedWriter(deps)
    writers.set(store, writer)
    return writer
  }
}
