import type { RecordedEvent } from '#kernel'
import { backOff } from '../../../platform/back-off.ts'
import { bell } from '../../../platform/bell.ts'
import {
  StaleTerm,
  type GroupChanges,
  type ParkedMessage,
  type StoredGroup,
} from '../../../platform/messaging/consumer-groups/port.ts'
import { CallRefused } from '../call-refused.ts'
import { dispatcher, type Delivery, type GroupCounts, type NackAction } from './dispatcher.ts'
import type { GroupSource } from './group-source.ts'
import { responseTimes, type ResponseTimes } from './response-times.ts'

/** A connected consumer. */
export type GroupConsumer = {
  readonly id: string
  /** Maximum number of messages in flight there. */
  readonly slots: number
  /** Address and port of the client. */
  readonly from: string
  readonly user: string
  readonly connection: string
  readonly send: (deliveries: readonly Delivery<RecordedEvent>[]) => void
  /** Ends its call. */
  readonly end: (refusal: CallRefused) => void
}

/** What is reported of a consumer. */
export type ConsumerReport = Pick<GroupConsumer, 'from' | 'user' | 'connection' | 'slots'> & {
  readonly inFlight: number
  readonly done: number
  /** Messages done since the last report. */
  readonly doneSince: number
  readonly seconds: number
  readonly responseTimes: ReturnType<ResponseTimes['summary']>
}

/** What is reported of a group that runs. */
export type RunReport = GroupCounts & {
  readonly doneSince: number
  readonly seconds: number
  readonly consumers: readonly ConsumerReport[]
}

/** A group with consumers, in the process that leads. */
export type GroupRun = {
  readonly join: (consumer: GroupConsumer) => void
  readonly leave: (id: string) => void
  readonly ack: (id: string, ids: readonly string[]) => void
  readonly nack: (id: string, ids: readonly string[], action: NackAction) => void
  /** Reports that so many deliveries to a consumer were written to its connection. */
  readonly written: (id: string, count: number) => void
  /** Delivers parked messages again, as they are read from the store; those that it delivers already are left. */
  readonly replay: (read: () => Promise<readonly ParkedMessage[]>) => Promise<void>
  readonly consumers: () => number
  readonly counts: () => GroupCounts
  /** Place up to which everything is done, also what is not saved yet. */
  readonly checkpoint: () => bigint
  readonly report: () => RunReport
  /** Saves what has changed until now. @throws StaleTerm */
  readonly save: () => Promise<void>
  /** Ends the run: disconnects its consumers, if `refusal` is given, and saves what has changed. */
  readonly close: (refusal?: CallRefused) => Promise<void>
}

/** Dependencies of a run. */
export type RunDeps = {
  readonly source: GroupSource
  /** Parked messages that are to be delivered again. */
  readonly replaying: readonly ParkedMessage[]
  readonly save: (changes: GroupChanges) => Promise<void>
  /** Whether this process certainly leads. */
  readonly isHeld: () => boolean
  /** Called when another process leads. */
  readonly onStale: () => void
  readonly onError: (error: unknown) => void
  /** Monotonic, in ms. */
  readonly now: () => number
}

type Connected = {
  readonly consumer: GroupConsumer
  readonly since: number
  readonly sentAt: Map<string, number>
  readonly times: ResponseTimes
  done: number
  doneBefore: number
  /** Deliveries that were not written to its connection, also those that timed out since. */
  unwritten: number
}

/** Pause after a save that failed, in ms. */
const saveAgainMs = 1_000

/** Number of replayed messages that wait at a time. */
const mostReplays = 100

/** Longest wait for room, in ms: a limit for a call that is repeated anyway. */
const longestWaitMs = 60_000

const isBehind = ({ unwritten, consumer }: Connected): boolean => unwritten >= consumer.slots

/** Runs a group: reads its source as fast as its consumers answer, and saves how far they are. */
export const groupRun = (
  { settings, progress }: StoredGroup,
  { source, replaying, save: store, isHeld, onStale, onError, now }: RunDeps,
): GroupRun => {
  const group = dispatcher<RecordedEvent>(settings, progress)
  const connected = new Map<string, Connected>()
  const room = bell()
  const ended = new AbortController()
  const { signal } = ended
  const began = now()
  const replays = [...replaying]
  /** Places of all messages that are delivered again, until that they are done is saved. */
  const replayed = new Set(replays.map(({ place }) => place))
  let timer: NodeJS.Timeout | undefined
  let saving: Promise<void> | undefined
  let savedAt = began
  let doneBefore = 0

  const save = (): Promise<void> =>
    (saving ??= (async () => {
      const changes = group.changes()
      try {
        await store(changes)
        savedAt = now()
        for (const place of changes.settled) replayed.delete(place)
        for (const { place } of changes.parked) replayed.delete(place)
      } catch (error) {
        group.unsaved(changes)
        savedAt = now() + saveAgainMs
        if (error instanceof StaleTerm) onStale()
        throw error
      } finally {
        saving = undefined
      }
    })())

  /** Saves all that has changed by now: a save that is under way may have begun before. */
  const saveAll = async (): Promise<void> => {
    while (saving) await saving.catch(() => undefined)
    if (group.hasChanged()) await save()
  }

  const saveIfDue = (): void => {
    const since = now() - savedAt
    if (saving || since < 0 || !group.isDue(since)) return
    save()
      .catch((error: unknown) => {
        if (!(error instanceof StaleTerm)) onError(error)
      })
      // What has become due meanwhile.
      .finally(() => !signal.aborted && schedule())
  }

  /** Sets the timer to the next moment at which something is to be done. */
  const schedule = (): void => {
    clearTimeout(timer)
    saveIfDue()
    const at = now()
    const moments = [group.nextDeadline() ?? Infinity]
    if (!saving && group.isDue(Infinity))
      moments.push(Math.max(savedAt + (savedAt > at ? 0 : settings.checkpointAfterMs), at + 1))
    const next = Math.min(...moments)
    if (next < Infinity) timer = setTimeout(tick, Math.min(Math.max(1, next - at), 2 ** 31 - 1))
  }

  const pump = (): void => {
    // A process that hung must not send what another process sends by now.
    if (signal.aborted || !isHeld()) return
    const at = now()
    for (const [id, deliveries] of Map.groupBy(group.dispatch(at), ({ consumer }) => consumer)) {
      const to = connected.get(id)
      if (!to) continue
      if (settings.extraStatistics)
        for (const { message } of deliveries) to.sentAt.set(message.id, at)
      to.unwritten += deliveries.length
      // What times out at a consumer that does not read would be sent there again without end.
      if (isBehind(to)) group.hold(id, true)
      to.consumer.send(deliveries)
    }
    room.ring()
    schedule()
  }

  const tick = (): void => {
    if (signal.aborted) return
    for (const { consumer, id } of group.expire(now())) connected.get(consumer)?.sentAt.delete(id)
    pump()
  }

  const endAll = (refusal: CallRefused): void => {
    for (const { consumer } of connected.values()) consumer.end(refusal)
  }

  /** Waits until there is room for more messages. @returns false when the run has ended */
  const hasRoom = async (isRoom: () => boolean): Promise<boolean> => {
    for (;;) {
      const wait = room.listen()
      if (signal.aborted) return false
      if (isRoom()) return true
      await wait(longestWaitMs, signal)
    }
  }

  const follow = async (): Promise<void> => {
    const pauses = backOff()
    let after = progress.checkpoint
    while (!signal.aborted)
      try {
        for await (const { messages, reached, caughtUp } of source.after(after, {
          signal,
          onError,
        })) {
          for (const [index, message] of messages.entries()) {
            // Only what is dispatched makes room: a buffer may be smaller than a batch.
            if (!group.hasRoom()) pump()
            if (!(await hasRoom(group.hasRoom))) return
            group.offer(message)
            after = message.place
            if ((index + 1) % settings.readBatchSize === 0) pump()
          }
          group.reached(reached, caughtUp)
          after = reached ?? after
          pump()
          pauses.reset()
        }
      } catch (error) {
        if (signal.aborted) return
        // Of the filter: another attempt would fail as well.
        if (error instanceof CallRefused) return endAll(error)
        onError(error)
        await pauses.wait(signal)
      }
  }

  const deliverReplays = async (): Promise<void> => {
    const pauses = backOff()
    while (await hasRoom(() => replays.length > 0 && group.counts().toRetry < mostReplays))
      try {
        const { place } = replays[0]!
        const message = await source.at(place)
        replays.shift()
        if (message) group.replay(message)
        else group.gone(place)
        pump()
        pauses.reset()
      } catch (error) {
        onError(error)
        await pauses.wait(signal)
      }
  }

  const running = Promise.all([follow(), deliverReplays()])

  const answered = (id: string, ids: readonly string[]): void => {
    const one = connected.get(id)
    if (!one) return
    one.done += ids.length
    for (const message of ids) {
      const at = one.sentAt.get(message)
      if (at === undefined) continue
      one.times.add(now() - at)
      one.sentAt.delete(message)
    }
  }
  const secondsSince = (moment: number): number => Math.max(0.001, (now() - moment) / 1_000)

  return {
    join: (consumer) => {
      connected.set(consumer.id, {
        consumer,
        since: now(),
        sentAt: new Map(),
        times: responseTimes(),
        done: 0,
        doneBefore: 0,
        unwritten: 0,
      })
      group.join(consumer.id, consumer.slots)
      pump()
    },
    leave: (id) => {
      connected.delete(id)
      // At the end of a run nobody has failed: what is in flight keeps its retries.
      if (signal.aborted) return
      group.leave(id)
      pump()
    },
    ack: (id, ids) => {
      answered(id, ids)
      group.ack(id, ids)
      pump()
    },
    nack: (id, ids, action) => {
      answered(id, ids)
      group.nack(id, ids, action)
      pump()
    },
    written: (id, count) => {
      const one = connected.get(id)
      if (!one) return
      const wasBehind = isBehind(one)
      one.unwritten -= count
      if (!wasBehind || isBehind(one)) return
      group.hold(id, false)
      pump()
    },
    replay: async (read) => {
      // Without a step between the look and the read, in which a save could begin.
      while (saving) await saving.catch(() => undefined)
      // Nothing is saved meanwhile: what is read as not done would be done by then, and be delivered once more.
      saving = (async () => {
        try {
          const fresh = (await read()).filter(({ place }) => !replayed.has(place))
          for (const { place } of fresh) replayed.add(place)
          replays.push(...fresh)
          room.ring()
        } finally {
          saving = undefined
        }
      })()
      await saving.finally(() => !signal.aborted && schedule())
    },
    consumers: () => connected.size,
    counts: group.counts,
    checkpoint: group.checkpoint,
    report: () => {
      const counts = group.counts()
      const report = {
        ...counts,
        doneSince: counts.done - doneBefore,
        seconds: secondsSince(began),
        consumers: Array.from(connected.values(), (one): ConsumerReport => {
          const { from, user, connection, slots, id } = one.consumer
          const doneSince = one.done - one.doneBefore
          one.doneBefore = one.done
          return {
            from,
            user,
            connection,
            slots,
            doneSince,
            inFlight: group.inFlightAt(id),
            done: one.done,
            seconds: secondsSince(one.since),
            responseTimes: one.times.summary(),
          }
        }),
      }
      doneBefore = counts.done
      return report
    },
    save: saveAll,
    close: async (refusal) => {
      ended.abort()
      clearTimeout(timer)
      if (refusal) endAll(refusal)
      await running
      await saveAll().catch((error: unknown) => {
        if (!(error instanceof StaleTerm)) onError(error)
      })
    },
  }
}
