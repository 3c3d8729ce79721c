import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Metadata } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { contentOf, contentTypes } from '../../engines/eventstoredb/event-bytes.ts'
import { validatingLog } from './validating-log.ts'
import { counted, declared, everything, newStream, numberOf } from './testing/counted-events.ts'
import { pageOf } from './pages.ts'
import { spanOf } from './range-search.ts'
import {
  Conflict,
  EventRefused,
  maxEventBytes,
  type Append,
  type Appended,
  type EventLog,
  type ExpectedRevision,
  type NewEvent,
} from './port.ts'

/** An adapter under test, over a log that starts empty. */
export type LogUnderTest = {
  /** Opens the log of one more process. Adapters that cannot share a log return the same one. */
  readonly open: () => Promise<EventLog>
  readonly close: () => Promise<void>
}

/** Conformance suite of the event logs. */
export const eventLogConformance = (name: string, make: () => Promise<LogUnderTest>) =>
  describe(`the event log in ${name}`, () => {
    let under: LogUnderTest
    let raw: EventLog
    let log: EventLog
    beforeAll(async () => {
      under = await make()
      raw = await under.open()
      log = validatingLog(raw, declared)
    })
    afterAll(async () => {
      await raw?.close()
      await under?.close()
    })
    test('finds events by time although the clock jumped back and forth by an hour', async () => {
      const stream = newStream()
      const noon = Date.parse('2031-01-01T12:00:00Z')
      const at = (minutes: number) => new Date(noon + minutes * 60_000).toISOString()
      const minutes = [0, 1, -60, -59, 2, 63, 64, 3, 4]
      for (const [n, each] of minutes.entries())
        await log.append(stream, 'any', [{ ...counted(n), at: at(each) }])
      const parts = [
        [-60, -59],
        [-59, 1],
        [2, 2],
        [3, 64],
        [63, 64],
      ] as const
      for (const [fromTime, untilTime] of parts) {
        const span = await spanOf(log, { fromTime: at(fromTime), untilTime: at(untilTime) })
        const wanted = minutes.flatMap((each, n) =>
          each >= fromTime && each <= untilTime ? [n] : [],
        )
        const found: number[] = []
        let cursor: bigint | undefined
        for (let done = false; !done;) {
          const page = await pageOf(log, span, { cursor, limit: 3 })
          found.push(...page.events.filter((event) => event.stream === stream).map(numberOf))
          ;({ cursor, done } = page)
        }
        expect(found).toStrictEqual(wanted)
      }
    })

    test('finds what one request led to, in a range of positions', async () => {
      const { byCorrelation } = log
      if (!byCorrelation) return
      const metadata: Metadata = { ...someMetadata, correlationId: randomUUID() }
      const others = await log.append(newStream(), 'none', [counted(1)])
      const first = await log.append(newStream(), 'none', [{ ...counted(2), metadata }])
      const last = await log.append(newStream(), 'none', [counted(3), { ...counted(4), metadata }])
      const find = async (after: bigint, until: bigint) =>
        (await byCorrelation(metadata.correlationId, { after, until })).map((one) => one.position)
      expect(await find(others.position, last.position)).toStrictEqual([
        first.position,
        last.position,
      ])
      expect(await find(first.position, last.position)).toStrictEqual([last.position])
      expect(await find(0n, first.position)).toStrictEqual([first.position])
      expect(await find(0n, others.position)).toStrictEqual([])
    })

    test('returns the appended events with revision, position and time', async () => {
      const stream = newStream()
      const metadata: Metadata = { ...someMetadata, actorId: 'ann' }
      const appended = await log.append(stream, 'none', [counted(1), { ...counted(2), metadata }])
      const [first, second] = await log.read(stream)
      expect(first?.data).toStrictEqual({ n: 1 })
      expect(second?.metadata).toStrictEqual(metadata)
      expect([first?.revision, second?.revision]).toStrictEqual([0, 1])
      expect(`${second?.stream}`).toBe(stream)
      expect(second?.id).toBe(stream.slice('thing-'.length))
      expect(second?.at ?? '').toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(appended).toStrictEqual({ revision: 1, position: second?.position })
      expect.assert(second!.position > first!.position)
      expect(await log.head()).toBe(second?.position)
    })

    test('stores the original time of an event that is copied from another log', async () => {
      const stream = newStream()
      const at = '2020-02-02T20:20:20.202Z'
      await log.append(stream, 'none', [{ ...counted(1), at }, counted(2)])
      const [copied, fresh] = await log.read(stream)
      expect(copied?.at).toBe(at)
      expect.assert(fresh!.at > at)
      const { events } = await log.readAll({ direction: 'backwards', limit: 2 })
      expect(events.map((event) => event.at)).toStrictEqual([fresh!.at, at])
    })

    test('refuses an append whose expected revision differs', async () => {
      const stream = newStream()
      const conflict = (revision: number) => (error: unknown) =>
        error instanceof Conflict && error.revision === revision
      await expect(log.append(stream, 'exists', [counted(0)])).rejects.toSatisfy(conflict(-1))
      await expect(log.append(stream, 0, [counted(0)])).rejects.toSatisfy(conflict(-1))
      await log.append(stream, 'none', [counted(0)])
      await expect(log.append(stream, 'none', [counted(1)])).rejects.toSatisfy(conflict(0))
      await expect(log.append(stream, 1, [counted(1)])).rejects.toSatisfy(conflict(0))
      await log.append(stream, 0, [counted(1)])
      await expect(log.append(stream, 0, [counted(2)])).rejects.toSatisfy(conflict(1))
      await log.append(stream, 'exists', [counted(2)])
      await log.append(stream, 'any', [counted(3)])
      await log.append(newStream(), 'any', [counted(0)])
      expect((await log.read(stream)).map(numberOf)).toStrictEqual([0, 1, 2, 3])
    })

    test('records all events of an append or none', async () => {
      const stream = newStream()
      const before = await log.head()
      const bad = { ...counted(2), data: { n: 'two' } }
      await expect(log.append(stream, 'none', [counted(1), bad])).rejects.toThrow(EventRefused)
      expect(await log.read(stream)).toStrictEqual([])
      expect(await log.head()).toBe(before)
    })

    test('answers a repeated append like the first', async () => {
      const stream = newStream()
      const events = [counted(0), counted(1)]
      const first = await log.append(stream, 'none', events)
      await log.append(stream, 1, [counted(2)])
      expect(await log.append(stream, 'none', events)).toStrictEqual({ ...first, before: true })
      const next = [counted(3)]
      const second = await log.append(stream, 2, next)
      for (const expected of [2, 'any', 'exists'] as const)
        expect(await log.append(stream, expected, next)).toStrictEqual({ ...second, before: true })
      expect((await log.read(stream)).map(numberOf)).toStrictEqual([0, 1, 2, 3])
    })

    test('does not treat other events, or more of them, as a repetition', async () => {
      const stream = newStream()
      const event = counted(0)
      await log.append(stream, 'none', [event])
      await expect(log.append(stream, 'none', [counted(0)])).rejects.toThrow(Conflict)
      await expect(log.append(stream, 'none', [event, counted(1)])).rejects.toThrow(Conflict)
      await expect(log.append(stream, 5, [event])).rejects.toThrow(Conflict)
      expect((await log.read(stream)).length).toBe(1)
      // Also with `any` and `exists`: events that are not recorded do not count as recorded.
      await log.append(stream, 0, [counted(1)])
      for (const expected of ['any', 'exists'] as const)
        for (const more of [1, 5])
          await expect(
            log.append(stream, expected, [
              event,
              ...Array.from({ length: more }, () => counted(1)),
            ]),
          ).rejects.toSatisfy((error) => error instanceof Conflict && error.revision === 1)
      expect((await log.read(stream)).length).toBe(2)
    })

    test('refuses by name an event of an undeclared type, or with data that differ from the schema', async () => {
      const unknown = { ...counted(1), type: 'Guessed' }
      await expect(log.append(newStream(), 'none', [unknown])).rejects.toSatisfy(
        ({ name, type, message }: EventRefused) =>
          name === 'EventRefused' && type === 'Guessed' && message.includes('Guessed'),
      )
      const wrong = { ...counted(1), data: { n: 1.5 } }
      await expect(log.append(newStream(), 'none', [wrong])).rejects.toThrow(/Counted: n /)
      const extra = { ...counted(1), data: { n: 1, m: 2 } }
      await expect(log.append(newStream(), 'none', [extra])).rejects.toThrow(EventRefused)
    })

    test('refuses by name an event of more than 1 MiB, and accepts one of exactly 1 MiB', async () => {
      const named = (length: number): NewEvent => ({
        ...counted(1),
        type: 'Named',
        data: { name: 'x'.repeat(length) },
      })
      const overhead = JSON.stringify({ name: '' }).length
      const fitting = named(maxEventBytes - overhead)
      await expect(
        log.append(newStream(), 'none', [named(maxEventBytes - overhead + 1)]),
      ).rejects.toThrow(/Named is larger than 1048576 bytes/)
      const stream = newStream()
      await log.append(stream, 'none', [fitting])
      const [read] = await log.read(stream)
      expect(read?.data).toStrictEqual(fitting.data)
    })

    test('stores every Unicode character, and refuses NUL and lone surrogates', async () => {
      const stream = newStream()
      const name = `"quoted" \\ back\\\\slash, {curly,braces} NULL \n\t ünï 漢字 🦜 ' \\u0000 \\\\ud83e `
      await log.append(stream, 'none', [{ ...counted(1), type: 'Named', data: { name } }])
      expect((await log.read(stream))[0]?.data).toStrictEqual({ name })
      for (const bad of ['a\u0000b', '\\\u0000', 'half a \ud83e']) {
        const event = { ...counted(1), type: 'Named', data: { name: bad } }
        await expect(log.append(newStream(), 'none', [event])).rejects.toThrow(EventRefused)
      }
    })

    test('reads a stream from any revision, in both directions, in pages', async () => {
      const stream = newStream()
      await log.append(
        stream,
        'none',
        Array.from({ length: 10 }, (_, n) => counted(n)),
      )
      const read = async (range: Parameters<EventLog['read']>[1]) =>
        (await log.read(stream, range)).map(numberOf)
      expect(await read({ from: 3, limit: 4 })).toStrictEqual([3, 4, 5, 6])
      expect(await read({ from: 8 })).toStrictEqual([8, 9])
      expect(await read({ direction: 'backwards', limit: 3 })).toStrictEqual([9, 8, 7])
      expect(await read({ direction: 'backwards', from: 1 })).toStrictEqual([1, 0])
      expect(await read({ from: 10 })).toStrictEqual([])
      expect(await log.read(newStream())).toStrictEqual([])
    })

    test('reads the whole log in one order, by category and by type', async () => {
      const after = await log.head()
      const [lamp, desk] = [newStream('lamp'), newStream('desk')]
      const named = { ...counted(0), type: 'Named', data: { name: 'oak' } }
      await log.append(lamp, 'none', [counted(1)])
      await log.append(desk, 'none', [counted(2), named])
      await log.append(lamp, 0, [counted(3)])
      const head = await log.head()

      const all = await log.readAll({ after })
      expect(all.events.map(({ stream }) => stream)).toStrictEqual([lamp, desk, desk, lamp])
      expect([all.position, all.caughtUp]).toStrictEqual([head, true])
      const positions = all.events.map(({ position }) => position)
      expect(positions).toStrictEqual(positions.toSorted((a, b) => Number(a - b)))

      const page = await log.readAll({ after, limit: 2 })
      expect([page.events.length, page.caughtUp]).toStrictEqual([2, false])
      expect(page.position).toBe(positions[1])

      const ofDesks = await log.readAll({ after, categories: ['desk'] })
      expect(ofDesks.events.map(({ stream }) => stream)).toStrictEqual([desk, desk])
      expect(ofDesks.position, 'the position includes events that the filter excludes').toBe(head)
      const ofNames = await log.readAll({ after, types: ['Named'] })
      expect(ofNames.events.map(({ eventId }) => eventId)).toStrictEqual([named.eventId])
      const both = await log.readAll({ after, types: ['Counted'], categories: ['lamp'] })
      expect(both.events.map(numberOf)).toStrictEqual([1, 3])

      const back = await log.readAll({ direction: 'backwards', limit: 3 })
      expect(back.events.map(({ position }) => position)).toStrictEqual(
        positions.slice(1).toReversed(),
      )
      const further = await log.readAll({ direction: 'backwards', after: back.position, limit: 1 })
      expect(further.events[0]?.position).toBe(positions[0])
    })

    test('accepts one of many concurrent appends at the same revision', async () => {
      const stream = newStream()
      const others = await Promise.all([under.open(), under.open(), under.open()])
      const answers = await Promise.allSettled(
        [raw, ...others].flatMap((writer) =>
          [1, 2, 3].map((n) => writer.append(stream, 'none', [counted(n)])),
        ),
      )
      const refused = answers.filter(({ status }) => status === 'rejected')
      expect(refused.length).toBe(11)
      for (const { reason } of refused as PromiseRejectedResult[])
        expect.assert(reason instanceof Conflict, String(reason))
      expect((await log.read(stream)).length).toBe(1)
      await Promise.all(others.map((other) => other.close()))
    })

    test('accepts the other appends of a batch with refused ones', async () => {
      const taken = newStream()
      await log.append(taken, 'none', [counted(0)])
      const answers = await Promise.allSettled(
        Array.from({ length: 50 }, (_, n) =>
          log.append(n % 5 === 0 ? taken : newStream(), 'none', [counted(n), counted(n)]),
        ),
      )
      const refused = answers.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))
      expect(refused).toStrictEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45])
      const positions = answers.flatMap((answer) =>
        answer.status === 'fulfilled' ? [answer.value.position] : [],
      )
      expect(new Set(positions).size).toBe(40)
      const places = new Set((await everything(log)).map(({ position }) => position))
      expect.assert(positions.every((position) => places.has(position)))
    })

    test('records concurrent appends to one stream in the order of the calls', async () => {
      const stream = newStream()
      const numbers = Array.from({ length: 20 }, (_, n) => n)
      await Promise.all(
        numbers.map((n) => log.append(stream, n === 0 ? 'none' : n - 1, [counted(n)])),
      )
      expect((await log.read(stream)).map(numberOf)).toStrictEqual(numbers)
    })

    test('accepts or refuses each of many concurrent appends to one stream on its own', async () => {
      const stream = newStream()
      const first = counted(0)
      const sent: (readonly [ExpectedRevision, NewEvent, 'taken' | 'before' | number])[] = [
        ['none', first, 'taken'],
        ['none', counted(-1), 0],
        [0, counted(1), 'taken'],
        [5, counted(-1), 1],
        ['any', counted(2), 'taken'],
        ['any', first, 'before'],
        ['exists', counted(3), 'taken'],
        [0, counted(-1), 3],
        [3, counted(4), 'taken'],
        ['none', first, 'before'],
        ['any', counted(5), 'taken'],
      ]
      const answers = await Promise.all(
        sent.map(([expected, event]) =>
          log.append(stream, expected, [event]).then(
            ({ revision, before }) => (before ? 'before' : `taken ${revision}`),
            (error: unknown) => (error instanceof Conflict ? error.revision : error),
          ),
        ),
      )
      let next = 0
      expect(answers).toStrictEqual(
        sent.map(([, , answer]) => (answer === 'taken' ? `taken ${next++}` : answer)),
      )
      const events = await log.read(stream)
      expect(events.map(numberOf)).toStrictEqual([0, 1, 2, 3, 4, 5])
      expect(events.map(({ position }) => position)).toStrictEqual(
        events.map(({ position }) => position).toSorted((a, b) => (a < b ? -1 : 1)),
      )
    })

    test('records concurrent repetitions of an append once', async () => {
      const stream = newStream()
      const events = [counted(0), counted(1)]
      const answers = await Promise.all(
        (['any', 'any', 'exists', 'none'] as const).map((expected) =>
          log.append(stream, expected, events),
        ),
      )
      const [{ revision, position }] = answers as [Appended, ...Appended[]]
      expect(revision).toBe(1)
      for (const answer of answers.slice(1))
        expect(answer).toStrictEqual({ revision, position, before: true })
      expect((await log.read(stream)).length).toBe(2)
    })

    test('records appends to many streams in the given order, and accepts or refuses each on its own', async () => {
      const after = await log.head()
      const streams = Array.from({ length: 7 }, () => newStream())
      const events = Array.from({ length: 300 }, (_, n) => counted(n))
      const streamOf = (n: number) => streams[(n * n) % 7]!
      const reached = new Map<string, number>()
      const appends = events.map((event, n): Append => {
        const stream = streamOf(n)
        const last = reached.get(stream)
        reached.set(stream, (last ?? -1) + 1)
        return { stream, expected: last ?? 'none', events: [event] }
      })
      const refused = { stream: streamOf(0), expected: 99_999, events: [counted(-1)] } as const
      const bad = { ...refused, events: [{ ...counted(-1), type: 'Guessed' }] }
      const outcomes = await log.appendInOrder([
        ...appends.slice(0, 100),
        refused,
        bad,
        ...appends.slice(100),
      ])
      expect.assert(outcomes[100] instanceof Conflict)
      expect.assert(outcomes[101] instanceof EventRefused)
      const taken = outcomes.toSpliced(100, 2)
      const recorded = await everything(log, after)
      expect(recorded.map(numberOf)).toStrictEqual(events.map(numberOf))
      expect(taken).toStrictEqual(
        recorded.map(({ revision, position }) => ({ revision, position })),
      )
      // A repetition has the same outcomes.
      expect(await log.appendInOrder(appends)).toStrictEqual(
        recorded.map(({ revision, position }) => ({ revision, position, before: true })),
      )
      expect((await everything(log, after)).length).toBe(300)
      expect(await log.appendInOrder([])).toStrictEqual([])
    })

    test('records the same appends of two processes, given in the same order, once and in that order', async () => {
      const after = await log.head()
      const appends = Array.from({ length: 60 }, (_, n): Append => ({
        stream: newStream(),
        expected: n % 2 === 0 ? 'none' : 'any',
        events: [counted(n), counted(n)],
      }))
      const other = await under.open()
      await Promise.all([raw.appendInOrder(appends), other.appendInOrder(appends)])
      const recorded = (await everything(log, after)).map(numberOf)
      expect(recorded.length).toBe(120)
      expect(recorded.toSorted((a, b) => a - b)).toStrictEqual(appends.flatMap((_, n) => [n, n]))
      await other.close()
    })

    test('returns the original bytes of events of another program, beside their parsed content', async () => {
      const stream = newStream()
      const after = await log.head()
      const foreign = [
        [contentTypes.json, '{"n": 1.0,\n "a":1}', '{"b":1, "a":2}'],
        [contentTypes.json, '{"n":2}', ''],
        [contentTypes.binary, '\xff\x00', '\xfe'],
      ].map(([contentType, data, metadata]): NewEvent => {
        const eventId = randomUUID()
        const { at: _, ...content } = contentOf(eventId, {
          contentType: contentType!,
          data: Buffer.from(data!, 'latin1'),
          metadata: Buffer.from(metadata!, 'latin1'),
        })
        return { eventId, type: 'Theirs', ...content }
      })
      await raw.append(stream, 'none', foreign)
      const { events } = await raw.readAll({ after })
      for (const found of [await raw.read(stream), events])
        expect(
          found.map(({ eventId, type, data, metadata, original }) => ({
            eventId,
            type,
            data,
            metadata,
            original,
          })),
        ).toStrictEqual(foreign)
      expect(foreign[0]?.metadata.causationId).toBe(foreign[0]?.eventId)
    })

    test('validates events of declared types that another program wrote', async () => {
      const stream = newStream()
      const original = {
        contentType: contentTypes.json,
        data: Buffer.from('{"n": 1}').toString('base64'),
        metadata: Buffer.from('{"note":"theirs"}').toString('base64'),
      }
      const eventId = randomUUID()
      const { metadata } = contentOf(eventId, {
        contentType: contentTypes.json,
        data: Buffer.from('{"n":1}'),
        metadata: Buffer.from('{"note":"theirs"}'),
      })
      const theirs = { ...counted(1), eventId, metadata }
      const refused = (bad: NewEvent['original'], why: RegExp) =>
        expect(
          log.append(stream, 'none', [{ ...theirs, ...(bad && { original: bad }) }]),
        ).rejects.toSatisfy((error) => error instanceof EventRefused && why.test(error.message))
      await refused({ ...original, contentType: contentTypes.binary }, /Counted is binary/)
      await refused({ ...original, metadata: 'AAAA' }, /metadata of Counted/)
      await log.append(stream, 'none', [{ ...theirs, original }])
      const [found] = await raw.read(stream)
      expect(found?.data).toStrictEqual({ n: 1 })
      expect(found?.original?.metadata).toBe(original.metadata)
      // A server that stores bytes returns them as they were sent.
      const bytes = Buffer.from(found?.original?.data ?? '', 'base64').toString()
      expect.assert(['', '{"n":1}'].includes(bytes), bytes)
    })

    test('returns no position to a reader while an earlier event is not yet visible', async () => {
      const after = await log.head()
      const writers = await Promise.all([under.open(), under.open(), under.open(), under.open()])
      const each = 40
      let writing = true
      const written = Promise.all(
        writers.flatMap((writer, w) =>
          [0, 1].map(async (lane) => {
            for (let n = 0; n < each; n++)
              await writer.append(
                newStream(),
                'none',
                Array.from({ length: 1 + ((n + w + lane) % 2) }, () => counted(n)),
              )
          }),
        ),
      ).finally(() => (writing = false))

      const seen: bigint[] = []
      const tail = async () => {
        let position = after
        for (;;) {
          const over = !writing
          const slice = await log.readAll({ after: position, limit: 100 })
          seen.push(...slice.events.map((event) => event.position))
          position = slice.position
          if (over && slice.caughtUp) return
        }
      }
      await Promise.all([written, tail()])

      const there = (await everything(log, after)).map(({ position }) => position)
      expect(there.length).toBe(writers.length * 2 * each * 1.5)
      expect(seen).toStrictEqual(there)
      await Promise.all(writers.map((writer) => writer.close()))
    })

    test('delivers recorded events from any position, then new ones', async () => {
      const after = await log.head()
      const stream = newStream()
      await log.append(stream, 'none', [counted(0), counted(1)])
      const stop = new AbortController()
      const seen: number[] = []
      let caughtUp = false
      const following = (async () => {
        for await (const slice of log.subscribe(after, { signal: stop.signal, limit: 1 })) {
          seen.push(...slice.events.map(numberOf))
          caughtUp = slice.caughtUp
        }
      })()
      await expect.poll(() => [seen.length, caughtUp]).toEqual([2, true])
      const other = await under.open()
      await other.append(stream, 1, [counted(2)])
      await log.append(stream, 2, [counted(3)])
      await expect.poll(() => [...seen, caughtUp]).toEqual([0, 1, 2, 3, true])
      stop.abort()
      await following
      await other.close()
    })

    test('reports that a follower has caught up, also if no event passes its filter', async () => {
      const stop = new AbortController()
      const options = { signal: stop.signal, types: ['Guessed'] }
      for await (const slice of log.subscribe(0n, options)) {
        expect(slice.events).toStrictEqual([])
        if (!slice.caughtUp) continue
        expect(slice.position).toBe(await log.head())
        stop.abort()
      }
    })

    test('upcasts events of older versions as they are read', async () => {
      const stream = newStream()
      const old = { ...counted(0), type: 'Moved', data: { to: 'Rome' } }
      await raw.append(stream, 'none', [old])
      const today = { to: 'Rome', by: 'foot' }
      expect((await log.read(stream))[0]?.data).toStrictEqual(today)
      const all = await log.readAll({ types: ['Moved'] })
      expect(all.events.at(-1)?.data).toStrictEqual(today)
    })

    test('lists categories and streams, with counts', async () => {
      const category = `c${randomUUID().replaceAll('-', '')}`
      const streams = [newStream(category), newStream(category), newStream(category)]
      for (const [n, stream] of streams.entries())
        await log.append(
          stream,
          'none',
          Array.from({ length: n + 1 }, () => counted(n)),
        )
      const found = (await log.categories()).find((one) => one.category === category)
      expect(found).toStrictEqual({ category, streams: 3, events: 6 })
      const [first, ...rest] = await log.streams({ category })
      expect([first?.stream, first?.events, rest.length]).toStrictEqual([streams[0], 1, 2])
      const next = await log.streams({ category, after: first!.position, limit: 1 })
      expect(next.map(({ stream, events }) => [stream, events])).toStrictEqual([[streams[1], 2]])
    })
  })
