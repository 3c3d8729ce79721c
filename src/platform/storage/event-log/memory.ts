import { categoryOf, idOf, keyByField, type RecordedEvent } from '#kernel'
import { bell } from '../../bell.ts'
import { follow } from './follow.ts'
import { isInRange } from './key-hash.ts'
import {
  Conflict,
  type Append,
  type Appended,
  type EventLog,
  type ExpectedRevision,
  type Filter,
  type KeyRange,
} from './port.ts'

/** Whether the revision of a stream (-1: without events) is the one that an append expects. */
const fits = (expected: ExpectedRevision, current: number): boolean => {
  if (expected === 'any') return true
  if (expected === 'exists') return current >= 0
  return current === (expected === 'none' ? -1 : expected)
}

const letsThrough =
  ({ categories, types }: Filter) =>
  ({ stream, type }: RecordedEvent): boolean =>
    (!categories || categories.includes(categoryOf(stream))) && (!types || types.includes(type))

/** Whether the key of an event is known only once the event is upcast, or to newer versions only. */
const isKeyOpen = ({ field, upcast }: KeyRange, { type, metadata }: RecordedEvent): boolean =>
  upcast.includes(type) || (field !== null && metadata.schemaVersion > 1)

/**
 * A log in the memory of one process: for tests and experiments.
 * @param clock for the times of events
 */
export const memoryEventLog = (clock: () => Date = () => new Date()): EventLog => {
  const all: RecordedEvent[] = []
  const streams = new Map<string, RecordedEvent[]>()
  const news = bell()

  const readAll: EventLog['readAll'] = async ({
    after,
    limit = 1_000,
    direction = 'forwards',
    among,
    ...filter
  } = {}) => {
    const head = BigInt(all.length)
    const inOrder =
      direction === 'forwards'
        ? all.slice(Number(after ?? 0n))
        : all.slice(0, Number((after ?? head + 1n) - 1n)).toReversed()
    const isOfSome = (event: RecordedEvent): boolean =>
      !among || isKeyOpen(among, event) || isInRange(among, keyByField(among, event))
    const matching = inOrder.filter(letsThrough(filter)).filter(isOfSome)
    const events = matching.slice(0, limit)
    const caughtUp = events.length === matching.length
    return { events, position: caughtUp ? head : events.at(-1)!.position, caughtUp }
  }

  /** The place of an append that was recorded before; a conflict; or undefined for an append that can be recorded. */
  const judge = ({ stream, expected, events }: Append): Appended | Conflict | undefined => {
    const past = streams.get(stream) ?? []
    const current = past.length - 1
    const first = past.findLastIndex(({ eventId }) => eventId === events[0]?.eventId)
    const known = past.slice(first, first + events.length)
    const isPlaceless = expected === 'any' || expected === 'exists'
    const samePlace = typeof expected !== 'number' || first === expected + 1
    if (first >= 0 && samePlace && (expected !== 'none' || first === 0))
      if (events.every(({ eventId }, index) => known[index]?.eventId === eventId))
        return {
          revision: first + events.length - 1,
          position: known.at(-1)!.position,
          before: true,
        }
      else if (isPlaceless) return new Conflict(stream, expected, current)
    return fits(expected, current) ? undefined : new Conflict(stream, expected, current)
  }

  const record = ({ stream, events }: Append, now: string): Appended => {
    const past = streams.get(stream) ?? []
    if (events.length === 0) return { revision: past.length - 1, position: BigInt(all.length) }
    const recorded = events.map(({ at = now, ...event }, index): RecordedEvent => ({
      ...event,
      data: JSON.parse(JSON.stringify(event.data)),
      stream,
      id: idOf(stream),
      revision: past.length + index,
      position: BigInt(all.length + index + 1),
      at,
    }))
    streams.set(stream, [...past, ...recorded])
    all.push(...recorded)
    return { revision: past.length + events.length - 1, position: BigInt(all.length) }
  }

  /** Removes the last events. @param length number of events that remain */
  const shorten = (length: number): void => {
    for (const { stream, revision } of all.splice(length).toReversed()) {
      const past = streams.get(stream)!.slice(0, revision)
      if (past.length > 0) streams.set(stream, past)
      else streams.delete(stream)
    }
  }

  const appendEach = (appends: readonly Append[]): readonly (Appended | Conflict)[] => {
    const now = clock().toISOString()
    return appends.map((append) => judge(append) ?? record(append, now))
  }

  return {
    append: async (stream, expected, events) => {
      const [outcome] = appendEach([{ stream, expected, events }])
      if (outcome instanceof Error) throw outcome
      news.ring()
      return outcome!
    },
    appendInOrder: async (appends) => {
      const outcomes = appendEach(appends)
      news.ring()
      return outcomes
    },
    appendTogether: async (appends) => {
      const before = all.length
      const outcomes = appendEach(appends)
      const appended = outcomes.flatMap((outcome) => (outcome instanceof Error ? [] : outcome))
      if (appended.length < appends.length) {
        shorten(before)
        const conflicts = outcomes.map((one) => (one instanceof Conflict ? one : undefined))
        return { recorded: false, conflicts }
      }
      news.ring()
      return { recorded: true, appended }
    },

    read: async (stream, { from, limit = 1_000, direction = 'forwards' } = {}) => {
      const past = streams.get(stream) ?? []
      return direction === 'forwards'
        ? past.slice(from ?? 0, (from ?? 0) + limit)
        : past
            .slice(0, (from ?? past.length) + 1)
            .toReversed()
            .slice(0, limit)
    },

    readAll,
    head: async () => BigInt(all.length),
    subscribe: follow(readAll, news),

    categories: async () => {
      const counts = new Map<string, { streams: number; events: number }>()
      for (const [stream, events] of streams) {
        const count = counts.get(categoryOf(stream)) ?? { streams: 0, events: 0 }
        counts.set(categoryOf(stream), {
          streams: count.streams + 1,
          events: count.events + events.length,
        })
      }
      return [...counts]
        .map(([category, count]) => ({ category, ...count }))
        .toSorted((a, b) => (a.category < b.category ? -1 : 1))
    },

    streams: async ({ category, after = 0n, limit = 100 } = {}) =>
      [...streams]
        .map(([stream, events]) => ({
          stream,
          category: categoryOf(stream),
          events: events.length,
          startedAt: events[0]!.at,
          position: events[0]!.position,
        }))
        .filter((summary) => !category || summary.category === category)
        .filter(({ position }) => position > after)
        .slice(0, limit),

    byCorrelation: async (correlationId, { after, until }) =>
      all
        .slice(Number(after), Number(until))
        .filter(({ metadata }) => metadata.correlationId === correlationId)
        .slice(0, 1_000),

    byTime: {
      firstSince: async (moment, before) =>
        all.find(({ at, position }) => position < before && at >= moment)?.position,
      lastUntil: async (moment, since) =>
        all.findLast(({ at, position }) => position >= since && at <= moment)?.position,
    },

    dense: true,
    close: async () => undefined,
  }
}
