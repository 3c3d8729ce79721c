import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import type { EventLog, NewEvent } from '../../platform/storage/event-log/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { lineOf } from './compare-logs.ts'
import { copyCommand } from './copy-command.ts'
import { copyLog } from './copy.ts'
import { type CopyOptions, type Phase } from './copy-options.ts'
import { recordInRuns } from './record-in-runs.ts'
import { translate } from './translate.ts'
import type { RecordInOrder, WholeLog } from './whole-log.ts'

const eventOf = (data: unknown): NewEvent => ({
  eventId: randomUUID(),
  type: 'Counted',
  data,
  metadata: { ...someMetadata, actorId: randomUUID() },
})

const second = (n: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, n)).toISOString()

/** Appends events, one to four at a time, to eleven interleaved streams. */
const fill = async (log: EventLog, events: number, start = 0): Promise<void> => {
  for (let n = start; n < start + events;) {
    const many = Math.min((n % 4) + 1, start + events - n)
    const some = Array.from({ length: many }, (_, nth) => ({
      ...eventOf({ n: n + nth, deep: { z: 1, a: [n] } }),
      at: second(n + nth),
    }))
    await log.append(`thing-${(n * 7) % 11}`, 'any', some)
    n += many
  }
}

const filled = async (events: number): Promise<EventLog> => {
  const log = memoryEventLog()
  await fill(log, events)
  return log
}

const wholeLog = (name: string, log: EventLog, recordInOrder?: RecordInOrder): WholeLog => ({
  label: name,
  log,
  recordInOrder: recordInOrder ?? recordInRuns(log),
  batchSize: 400,
})

const copy = (from: EventLog, to: WholeLog | EventLog, more: Partial<CopyOptions> = {}) =>
  copyLog({
    from: wholeLog('the old log', from),
    to: 'label' in to ? to : wholeLog('the new log', to),
    verifyOnly: false,
    show: () => undefined,
    signal: new AbortController().signal,
    ...more,
  })

/** All events as lines, without positions. */
const linesOf = async (log: EventLog) =>
  (await log.readAll({ limit: 100_000 })).events.map(lineOf).join('')

/** A log whose positions begin later and have gaps, as those of EventStoreDB. */
const sparse = (log: EventLog): EventLog => {
  const out = (position: bigint) => (position === 0n ? 0n : position * 100n + 7n)
  const back = (position: bigint) => {
    if (position % 100n !== (position === 0n ? 0n : 7n))
      throw new Error('There is no such position')
    return position / 100n
  }
  const shifted = <E extends { position: bigint }>(it: E): E => ({
    ...it,
    position: out(it.position),
  })
  return {
    ...log,
    append: async (...given) => shifted(await log.append(...given)),
    appendInOrder: async (appends) =>
      (await log.appendInOrder(appends)).map((outcome) =>
        outcome instanceof Error ? outcome : shifted(outcome),
      ),
    head: async () => out(await log.head()),
    read: async (...given) => (await log.read(...given)).map(shifted),
    readAll: async ({ after, ...range } = {}) => {
      const slice = await log.readAll({
        ...range,
        ...(after !== undefined && { after: back(after) }),
      })
      return { ...shifted(slice), events: slice.events.map(shifted) }
    },
  }
}

describe('a copy', () => {
  test('has every event of the log, of many interleaved streams, in the same order', async () => {
    const [from, to] = [await filled(3_100), memoryEventLog()]
    const phases = new Set<Phase>()
    const copied = await copy(from, to, { show: (phase) => phases.add(phase) })
    expect(copied).toMatchObject({ events: 3_100, copied: 3_100, later: 0 })
    expect(copied.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect([...phases]).toEqual(['copying', 'verifying'])
    phases.clear()
    await copy(from, to, { show: (phase) => phases.add(phase) })
    expect([...phases]).toEqual(['checking'])
    expect(await linesOf(to)).toBe(await linesOf(from))
    expect((await to.readAll({ limit: 1, after: 99n })).events[0]?.at).toBe(second(99))
  })

  test('has the same hash in every log, and another hash for other events', async () => {
    const from = await filled(50)
    const first = await copy(from, memoryEventLog())
    const sparseCopy = await copy(from, sparse(memoryEventLog()))
    expect(sparseCopy.sha256).toBe(first.sha256)
    expect((await copy(await filled(50), memoryEventLog())).sha256).not.toBe(first.sha256)
  })

  test('of an empty log is empty', async () =>
    expect(await copy(memoryEventLog(), memoryEventLog())).toMatchObject({ events: 0, copied: 0 }))

  test('works in both directions between logs whose positions differ', async () => {
    const from = await filled(2_500)
    const copied = sparse(memoryEventLog())
    await copy(from, copied)
    const back = memoryEventLog()
    expect(await copy(copied, back)).toMatchObject({ events: 2_500, copied: 2_500 })
    expect(await linesOf(back)).toBe(await linesOf(from))
  })

  test('that was interrupted anywhere resumes there', async () => {
    const [from, to] = [await filled(2_600), memoryEventLog()]
    for (const dies of [1, 150, 250]) {
      let left: number = dies
      const dying = recordInRuns({
        appendInOrder: async (appends) => {
          const outcomes = await to.appendInOrder(appends.slice(0, left))
          left -= appends.length
          if (left < 0) throw new Unavailable('kill -9')
          return outcomes
        },
      })
      await expect(copy(from, wholeLog('it', to, dying))).rejects.toThrow('kill')
    }
    const before = Number(await to.head())
    expect(before).toBeGreaterThan(1_000)
    expect(await copy(from, to)).toMatchObject({ events: 2_600, copied: 2_600 - before })
    expect(await linesOf(to)).toBe(await linesOf(from))
    expect(await copy(from, to)).toMatchObject({ events: 2_600, copied: 0 })
  })

  test('that is repeated appends the events that are new', async () => {
    const [from, to] = [await filled(10), memoryEventLog()]
    await copy(from, to)
    await fill(from, 5, 10)
    expect(await copy(from, to)).toMatchObject({ events: 15, copied: 5, later: 0 })
  })

  test('ends at the head it began with, and counts later events', async () => {
    const [from, to] = [await filled(10), memoryEventLog()]
    const growing: RecordInOrder = async (...given) => {
      await fill(from, 3, 10)
      return recordInRuns(to)(...given)
    }
    expect(await copy(from, wholeLog('it', to, growing))).toMatchObject({ events: 10, later: 3 })
    expect(await to.head()).toBe(10n)
  })

  test('ends early when it is aborted', async () => {
    const interrupted = new AbortController()
    const to = memoryEventLog()
    const running = copy(await filled(5_000), to, {
      show: (phase, { done }) => {
        if (phase === 'copying' && done > 0) interrupted.abort(new Error('Ctrl-C'))
      },
      signal: interrupted.signal,
    })
    await expect(running).rejects.toThrow('Ctrl-C')
    expect(await to.head()).toBeLessThan(5_000n)
  })

  test.each([
    ['other events', async (to: EventLog) => fill(to, 3)],
    [
      'one event more',
      async (to: EventLog, from: EventLog) => {
        await copy(from, to)
        await fill(to, 1)
      },
    ],
    [
      'a gap',
      async (to: EventLog, from: EventLog) => {
        const { events } = await from.readAll()
        const missing = events[4]!
        for (const event of events)
          if (event.stream !== missing.stream) await to.append(event.stream, 'any', [event])
      },
    ],
  ])('to a log with %s is rejected, and leaves that log unchanged', async (_, prepare) => {
    const [from, to] = [await filled(20), memoryEventLog()]
    await prepare(to, from)
    const before = await linesOf(to)
    await expect(copy(from, to)).rejects.toThrow(
      /^the new log does not begin as the old log does, and was left unchanged\. /,
    )
    expect(await linesOf(to)).toBe(before)
  })

  test('fails when another writer appends to the target', async () => {
    const [from, to] = [await filled(2_500), memoryEventLog()]
    const withOtherWriter: RecordInOrder = async (events, after) => {
      await to.append(events.at(-1)!.stream, 'any', [eventOf({})])
      return recordInRuns(to)(events, after)
    }
    await expect(copy(from, wholeLog('it', to, withOtherWriter))).rejects.toThrow(
      /another process appends/,
    )
  })

  test('fails when the target returns other events than were recorded', async () => {
    const [from, to] = [await filled(50), memoryEventLog()]
    const changing: RecordInOrder = (events, after) =>
      recordInRuns(to)(
        events.map((it) => (it.position === 42n ? { ...it, data: {} } : it)),
        after,
      )
    await expect(copy(from, wholeLog('it', to, changing))).rejects.toThrow(
      /^The logs differ, as read back after copying\. .* position 42 .* different fields: data\. Does another/,
    )
  })

  test('reads the source once, verifies each batch while the next is recorded, and flushes at the end', async () => {
    const [source, to] = [await filled(2_000), memoryEventLog()]
    let read = 0
    const from: EventLog = {
      ...source,
      readAll: async (range) => {
        const slice = await source.readAll(range)
        read += slice.events.length
        return slice
      },
    }
    const steps: string[] = []
    const target: WholeLog = {
      label: 'it',
      log: {
        ...to,
        readAll: async (range) => {
          steps.push(`read back ${range?.after}`)
          return to.readAll(range)
        },
      },
      recordInOrder: async (events, after) => {
        steps.push(`record ${after}`)
        return recordInRuns(to)(events, after)
      },
      flush: async () => void steps.push('flush'),
      batchSize: 500,
    }
    await copy(from, target)
    expect(read).toBe(2_000)
    expect(steps).toEqual([
      'record 0',
      'read back 0',
      'record 500',
      'read back 500',
      'record 1000',
      'read back 1000',
      'record 1500',
      'read back 1500',
      'flush',
    ])
  })

  test('that the target rejects fails with an explanation', async () => {
    const refusing: RecordInOrder = () => Promise.reject(new Error('Counted is too large'))
    await expect(copy(await filled(5), wholeLog('it', memoryEventLog(), refusing))).rejects.toThrow(
      'it rejects the events from position 1 of the old log on: Counted is too large.',
    )
    const unavailable: RecordInOrder = () => Promise.reject(new Unavailable('It is away'))
    await expect(
      copy(await filled(5), wholeLog('it', memoryEventLog(), unavailable)),
    ).rejects.toThrow(Unavailable)
  })

  test('of a stream that has lost its beginning fails', async () => {
    const from = await filled(50)
    const cut: EventLog = {
      ...from,
      readAll: async (range) => {
        const slice = await from.readAll(range)
        return { ...slice, events: slice.events.filter(({ position }) => position > 3n) }
      },
    }
    await expect(copy(cut, memoryEventLog())).rejects.toThrow(/has lost its beginning/)
  })
})

describe('a comparison', () => {
  const verifyOnly = true

  /** A log that returns one changed event. */
  const changed = (log: EventLog, position: bigint, change: object): EventLog => ({
    ...log,
    readAll: async (range) => {
      const slice = await log.readAll(range)
      return {
        ...slice,
        events: slice.events.map((it) => (it.position === position ? { ...it, ...change } : it)),
      }
    },
  })

  test('of equal logs returns the number of events and their hash', async () => {
    const [from, to] = [await filled(1_200), sparse(memoryEventLog())]
    const { sha256 } = await copy(from, to)
    expect(await copy(from, to, { verifyOnly })).toEqual({
      events: 1_200,
      copied: 0,
      sha256,
      later: 0,
    })
  })

  test.each([
    ['data', { data: { n: 1_149, deep: { z: 1, a: [1_150] }, secret: 'not to be printed' } }],
    ['metadata', { metadata: { ...someMetadata, actorId: 'x' } }],
    ['at', { at: second(0) }],
    ['type', { type: 'Counted2' }],
    ['eventId', { eventId: randomUUID() }],
    ['stream', { stream: 'thing-x' }],
    ['revision', { revision: 77 }],
  ])('finds an event whose %s differs', async (field, change) => {
    const [from, to] = [await filled(1_200), memoryEventLog()]
    await copy(from, to)
    const answer = copy(from, changed(to, 1_150n, change), { verifyOnly })
    await expect(answer).rejects.toThrow(
      new RegExp(
        `^The logs differ\\. The first difference: the old log has position 1150 \\(thing-\\d+, revision \\d+, Counted\\), the new log has position 1150 \\(.*\\); different fields: ${field}\\.$`,
      ),
    )
    await expect(answer).rejects.not.toThrow('not to be printed')
  })

  test('finds which log ends first', async () => {
    const [from, to] = [await filled(30), memoryEventLog()]
    await copy(from, to)
    await fill(from, 1, 30)
    await expect(copy(from, to, { verifyOnly })).rejects.toThrow(
      /the new log ends where the old log has position 31 \(/,
    )
    await expect(copy(to, from, { verifyOnly })).rejects.toThrow(
      /the old log ends where the new log has position 31 \(/,
    )
    expect(await to.head()).toBe(30n)
  })

  test('ignores the order of fields', async () => {
    const [from, to] = [await filled(3), memoryEventLog()]
    await copy(from, to)
    const other = changed(to, 1n, { data: { deep: { a: [0], z: 1 }, n: 0 } })
    expect(await copy(from, other, { verifyOnly })).toMatchObject({ events: 3 })
  })

  test('does not depend on the page size of a store', async () => {
    const [from, to] = [await filled(2_500), memoryEventLog()]
    await copy(from, to)
    const small: EventLog = { ...to, readAll: (range) => to.readAll({ ...range, limit: 333 }) }
    expect(await copy(from, small, { verifyOnly })).toMatchObject({ events: 2_500 })
  })
})

describe('positions', () => {
  test('are translated to the position in the copy of the last event at or before each', async () => {
    const [from, to] = [await filled(120), sparse(memoryEventLog())]
    await copy(from, to)
    const found = await translate(from, to, [0n, 1n, 64n, 64n, 120n, 500n])
    expect(found).toEqual(
      new Map([
        [0n, 0n],
        [1n, 107n],
        [64n, 6_407n],
        [120n, 12_007n],
        [500n, 12_007n],
      ]),
    )
    // EventStoreDB accepts only positions of its events, and so does `sparse`.
    expect(await translate(to, from, [6_407n, 12_007n])).toEqual(
      new Map([
        [6_407n, 64n],
        [12_007n, 120n],
      ]),
    )
  })

  test('are not translated where the other log lacks the event', async () => {
    const [from, other] = [await filled(5), await filled(5)]
    await expect(translate(from, other, [3n])).rejects.toThrow(/^The other log lacks revision \d/)
  })
})

test('a switch names the read models that will be rebuilt', async () => {
  const [from, to] = [await filled(3), memoryEventLog()]
  const written: string[] = []
  const session = {
    out: () => undefined,
    info: (line: string) => void written.push(line),
    screen: { isTerminal: false, columns: 80, write: () => undefined },
    signal: new AbortController().signal,
  }
  const open = async (name: string) => ({
    ...wholeLog(name, name === 'old' ? from : to),
    [Symbol.asyncDispose]: async () => undefined,
  })
  const switching = async (...rebuilt: readonly string[]) => {
    written.length = 0
    const options = { from: 'old', to: 'new', switch: true }
    // The command needs no other part of a session.
    await copyCommand(session as never, options, open, async () => rebuilt)
    return written.filter((line) => line.includes('rebuilt'))
  }
  expect(await switching()).toEqual([])
  expect(await switching('messages', 'notifications')).toEqual([
    expect.stringContaining('messages and notifications will be rebuilt'),
  ])
})
