import { setTimeout as pause } from 'node:timers/promises'
import type { Advance, DocumentStore } from '../documents/port.ts'
import { Unavailable } from '../unavailable.ts'
import type { Feed } from './feed.ts'
import type { Changed, Folding } from './folding.ts'

/** At most so many events are folded before they are written. */
export const batchSize = 1_000

/** Positions with nothing to write are saved so many ms after the head has moved, all by one statement. */
export const saveEvery = 200

/**
 * At the head, batches keep a distance, in ms: the first event after a pause is folded at once, those that come on its
 * heels share a batch, which costs the same whether it has one event or twenty. The more a batch takes, the longer the
 * rest after it, so that commands get their share of a busy machine.
 */
const pace = { least: 4, most: 20 }

/** How long to rest after a batch. @param took ms */
export const restAfter = (took: number): number =>
  Math.min(Math.max(pace.least - took, took), pace.most)

/** A generation as the group writes it. */
export type Member = {
  readonly folding: Folding
  /** Whether this process holds the lease at this moment. */
  readonly isHeld: () => boolean
  /** Told after every write. */
  readonly moved: () => void
  /** How late its documents may be, in ms; 0 for not at all. */
  readonly within: number
  /** Somebody waits for it to reach this position: it is not to be put off. */
  readonly wanted: () => bigint
}

/** Writes generations of one store together, for as long as each takes part. */
export type GroupedWriter = {
  /**
   * Takes a generation into the group; nobody else may write it meanwhile.
   * @returns when it has left: with the signal, or as there is something next that it has to take alone
   * @throws what its write failed with; whether it was written is not known
   */
  readonly join: (member: Member, signal: AbortSignal) => Promise<void>
  /** Says that a member has something to fold, or is wanted. */
  readonly wake: () => void
}

type Part = { readonly one: Joined; readonly changed: Changed; readonly to: bigint }

type Joined = Member & {
  readonly leave: () => void
  readonly fail: (error: unknown) => void
  /** When it was seen first that it has something to fold, ms of the monotonic clock. */
  pendingSince?: number | undefined
  /** Whether it leaves as soon as nothing of it is under way. */
  isLeaving: boolean
}

/**
 * Makes the one writer of a store in this process: whatever several of its projections fold out of a slice goes into
 * one statement (docs/decisions/037).
 */
export const groupedWriter = ({
  documents,
  feed,
}: {
  readonly documents: Pick<DocumentStore, 'write' | 'writeAll' | 'advance'>
  readonly feed: Pick<Feed, 'onMoved'>
}): GroupedWriter => {
  const members = new Set<Joined>()
  let isLooping = false
  /** Whether something of the members is under way. */
  let isBusy = false
  let mustSave = false
  /** Rings when the next member that waits is due. */
  let timer: NodeJS.Timeout | undefined
  let saving: NodeJS.Timeout | undefined

  const saveSoon = (): void => {
    saving ??= setTimeout(savePositions, saveEvery)
  }

  /** Folds what comes next for a member; undefined when it has left. */
  const prepare = async (one: Joined): Promise<Part | undefined> => {
    const { folding, isHeld, leave, fail } = one
    try {
      const slice = isHeld() ? folding.reader.peek(batchSize) : undefined
      // What is not in memory, or is left to a newer version, it takes alone.
      if (slice && !folding.newerIn(slice.events))
        return { one, changed: await folding.fold(slice.events), to: slice.position }
      leave()
    } catch (error) {
      fail(error)
    }
    return undefined
  }

  const writeAlone = async ({ one, changed, to }: Part): Promise<void> => {
    const { folding, fail } = one
    const { generation } = folding
    try {
      if (!(await documents.write(generation, folding.batchTo(changed, to))))
        throw new Unavailable(`${generation.projection.name} is written by someone else`)
      folding.wrote(changed, to)
    } catch (error) {
      fail(error)
    }
  }

  /** Writes all or nothing. @returns false when nothing was written, so that each has to try alone */
  const writeTogether = async (parts: readonly Part[]): Promise<boolean> => {
    const batches = parts.map(({ one: { folding }, changed, to }) => ({
      generation: folding.generation,
      ...folding.batchTo(changed, to),
    }))
    try {
      if (!(await documents.writeAll(batches))) return false
      for (const { one, changed, to } of parts) one.folding.wrote(changed, to)
    } catch (error) {
      if (!(error instanceof Unavailable)) return false
      // It may have been written all the same: each looks where it stands.
      for (const { one } of parts) one.fail(error)
    }
    return true
  }

  /** Writes what members have folded. @returns whether there was anything to write */
  const write = async (parts: readonly Part[]): Promise<boolean> => {
    const changed = parts.filter((part) => part.changed.size > 0)
    for (const { one, to } of parts.filter((part) => part.changed.size === 0)) {
      one.folding.reader.moveTo(to)
      saveSoon()
    }
    if (!(changed.length > 1 && (await writeTogether(changed))))
      await Promise.all(changed.map(writeAlone))
    return changed.length > 0
  }

  const save = async (): Promise<void> => {
    const moves: { readonly one: Joined; readonly move: Advance }[] = []
    for (const one of members) {
      const move = one.isHeld() ? one.folding.unsaved() : undefined
      if (move) moves.push({ one, move })
    }
    if (moves.length === 0) return
    try {
      const saved = await documents.advance(moves.map(({ move }) => move))
      moves.forEach(({ one, move }, index) => {
        const { name } = move.generation.projection
        if (saved[index]) one.folding.savedAt(move.to)
        else one.fail(new Unavailable(`${name} is written by someone else`))
      })
    } catch (error) {
      for (const { one } of moves) one.fail(error)
    }
  }

  const round = async (due: readonly Joined[]): Promise<boolean> => {
    const parts = (await Promise.all(due.map(prepare))).filter((part) => part !== undefined)
    for (const { one } of parts) if (!one.isHeld()) one.leave()
    const held = parts.filter(({ one }) => members.has(one))
    const wrote = await write(held)
    for (const { one } of held) {
      one.pendingSince = undefined
      one.moved()
    }
    return wrote
  }

  /** How long a member may still wait, in ms; undefined when it has nothing to fold. */
  const waitOf = (one: Joined, now: number): number | undefined => {
    const { reader } = one.folding
    if (!reader.isPending()) return undefined
    one.pendingSince ??= now
    return one.wanted() > reader.position() ? 0 : one.pendingSince + one.within - now
  }

  const loop = async (): Promise<void> => {
    for (;;) {
      // Not in the middle of a slice that the feed takes in: all whom it concerns go together.
      await Promise.resolve()
      isBusy = true
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
      isBusy = false
      for (const one of members) if (one.isLeaving) one.leave()
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
          return members.delete(one)
        }
        const one: Joined = {
          ...member,
          isLeaving: false,
          leave: () => {
            if (end()) resolve()
          },
          fail: (error) => {
            if (end()) reject(error as Error)
          },
        }
        const stop = (): void => {
          if (isBusy) one.isLeaving = true
          else one.leave()
        }
        members.add(one)
        if (signal.aborted) return stop()
        signal.addEventListener('abort', stop)
        if (member.folding.reader.isPending()) wake()
      }),
  }
}
