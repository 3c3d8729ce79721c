import assert from 'node:assert/strict'
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
        assert.deepEqual(found, wanted)
      }
    })

    test('returns the appended events with revision, position and time', async () => {
      const stream = newStream()
      const metadata: Metadata = { ...someMetadata, actorId: 'ann' }
      const appended = await log.append(stream, 'none', [counted(1), { ...counted(2), metadata }])
      const [first, second] = await log.read(stream)
      assert.deepEqual(first?.data, { n: 1 })
      assert.deepEqual(second?.metadata, metadata)
      assert.deepEqual([first?.revision, second?.revision], [0, 1])
      assert.equal(`${second?.stream}`, stream)
      assert.equal(second?.id, stream.slice('thing-'.length))
      assert.match(second?.at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.deepEqual(appended, { revision: 1, position: second?.position })
      assert.ok(second!.position > first!.position)
      assert.equal(await log.head(), second?.position)
    })

    test('stores the original time of an event that is copied from another log', async () => {
      const stream = newStream()
      const at = '2020-02-02T20:20:20.202Z'
      await log.append(stream, 'none', [{ ...counted(1), at }, counted(2)])
      const [copied, fresh] = await log.read(stream)
      assert.equal(copied?.at, at)
      assert.ok(fresh!.at > at)
      const { events } = await log.readAll({ direction: 'backwards', limit: 2 })
      assert.deepEqual(
        events.map((event) => event.at),
        [fresh!.at, at],
      )
    })

    test('refuses an append whose expected revision differs', async () => {
      const stream = newStream()
      const conflict = (revision: number) => (error: unknown) =>
        error instanceof Conflict && error.revision === revision
      await assert.rejects(log.append(stream, 'exists', [counted(0)]), conflict(-1))
      await assert.rejects(log.append(stream, 0, [counted(0)]), conflict(-1))
      await log.append(stream, 'none', [counted(0)])
      await assert.rejects(log.append(stream, 'none', [counted(1)]), conflict(0))
      await assert.rejects(log.append(stream, 1, [counted(1)]), conflict(0))
      await log.append(stream, 0, [counted(1)])
      await assert.rejects(log.append(stream, 0, [counted(2)]), conflict(1))
      await log.append(stream, 'exists', [counted(2)])
      await log.append(stream, 'any', [counted(3)])
      await log.append(newStream(), 'any', [counted(0)])
      assert.deepEqual((await log.read(stream)).map(numberOf), [0, 1, 2, 3])
    })

    test('records all events of an append or none', async () => {
      const stream = newStream()
      const before = await log.head()
      const bad = { ...counted(2), data: { n: 'two' } }
      await assert.rejects(log.append(stream, 'none', [counted(1), bad]), EventRefused)
      assert.deepEqual(await log.read(stream), [])
      assert.equal(await log.head(), before)
    })

    test('answers a repeated append like the first', async () => {
      const stream = newStream()
      const events = [counted(0), counted(1)]
      const first = await log.append(stream, 'none', events)
      await log.append(stream, 1, [counted(2)])
      assert.deepEqual(await log.append(stream, 'none', events), { ...first, before: true })
      const next = [counted(3)]
      const second = await log.append(stream, 2, next)
      for (const expected of [2, 'any', 'exists'] as const)
        assert.deepEqual(await log.append(stream, expected, next), { ...second, before: true })
      assert.deepEqual((await log.read(stream)).map(numberOf), [0, 1, 2, 3])
    })

    test('does not treat other events, or more of them, as a repetition', async () => {
      const stream = newStream()
      const event = counted(0)
      await log.append(stream, 'none', [event])
      await assert.rejects(log.append(stream, 'none', [counted(0)]), Conflict)
      await assert.rejects(log.append(stream, 'none', [event, counted(1)]), Conflict)
      await assert.rejects(log.append(stream, 5, [event]), Conflict)
      assert.equal((await log.read(stream)).length, 1)
      // Also with `any` and `exists`: events that are not recorded do not count as recorded.
      await log.append(stream, 0, [counted(1)])
      for (const expected of ['any', 'exists'] as const)
        for (const more of [1, 5])
          await assert.rejects(
            log.append(stream, expected, [
              event,
              ...Array.from({ length: more }, () => counted(1)),
            ]),
            (error) => error instanceof Conflict && error.revision === 1,
          )
      assert.equal((await log.read(stream)).length, 2)
    })

    test('refuses by name an event of an undeclared type, or with data that differ from the schema', async () => {
      const unknown = { ...counted(1), type: 'Guessed' }
      await assert.rejects(
        log.append(newStream(), 'none', [unknown]),
        ({ name, type, message }: EventRefused) =>
          name === 'EventRefused' && type === 'Guessed' && message.includes('Guessed'),
      )
      const wrong = { ...counted(1), data: { n: 1.5 } }
      await assert.rejects(log.append(newStream(), 'none', [wrong]), /Counted: n /)
      const extra = { ...counted(1), data: { n: 1, m: 2 } }
      await assert.rejects(log.append(newStream(), 'none', [extra]), EventRefused)
    })

    test('refuses by name an event of more than 1 MiB, and accepts one of exactly 1 MiB', async () => {
      const named = (length: number): NewEvent => ({
        ...counted(1),
        type: 'Named',
        data: { name: 'x'.repeat(length) },
      })
      const overhead = JSON.stringify({ name: '' }).length
      const fitting = named(maxEventBytes - overhead)
      await assert.rejects(
        log.append(newStream(), 'none', [named(maxEventBytes - overhead + 1)]),
        /Named is larger than 1048576 bytes/,
      )
      const stream = newStream()
      await log.append(stream, 'none', [fitting])
      const [read] = await log.read(stream)
      assert.deepEqual(read?.data, fitting.data)
    })

    test('stores every Unicode character, and refuses NUL and lone surrogates', async () => {
      const stream = newStream()
      const name = `"quoted" \\ back\\\\slash, {curly,braces} NULL \n\t ünï 漢字 🦜 ' \\u0000 \\\\ud83e `
      await log.append(stream, 'none', [{ ...counted(1), type: 'Named', data: { name } }])
      assert.deepEqual((await log.read(stream))[0]?.data, { name })
      for (const bad of ['a\u0000b', '\\\u0000', 'half a \ud83e']) {
        const event = { ...counted(1), type: 'Named', data: { name: bad } }
        await assert.rejects(log.append(newStream(), 'none', [event]), EventRefused)
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
      assert.deepEqual(await read({ from: 3, limit: 4 }), [3, 4, 5, 6])
      assert.deepEqual(await read({ from: 8 }), [8, 9])
      assert.deepEqual(await read({ direction: 'backwards', limit: 3 }), [9, 8, 7])
      assert.deepEqual(await read({ direction: 'backwards', from: 1 }), [1, 0])
      assert.deepEqual(await read({ from: 10 }), [])
      assert.deepEqual(await log.read(newStream()), [])
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
      assert.deepEqual(
        all.events.map(({ stream }) => stream),
        [lamp, desk, desk, lamp],
      )
      assert.deepEqual([all.position, all.caughtUp], [head, true])
      const positions = all.events.map(({ position }) => position)
      assert.deepEqual(
        positions,
        positions.toSorted((a, b) => Number(a - b)),
      )

      const page = await log.readAll({ after, limit: 2 })
      assert.deepEqual([page.events.length, page.caughtUp], [2, false])
      assert.equal(page.position, positions[1])

      const ofDesks = await log.readAll({ after, categories: ['desk'] })
      assert.deepEqual(
        ofDesks.events.map(({ stream }) => stream),
        [desk, desk],
      )
      assert.equal(ofDesks.position, head, 'the position includes events that the filter excludes')
      const ofNames = await log.readAll({ after, types: ['Named'] })
      assert.deepEqual(
        ofNames.events.map(({ eventId }) => eventId),
        [named.eventId],
      )
      const both = await log.readAll({ after, types: ['Counted'], categories: ['lamp'] })
      assert.deepEqual(both.events.map(numberOf), [1, 3])

      const back = await log.readAll({ direction: 'backwards', limit: 3 })
      assert.deepEqual(
        back.events.map(({ position }) => position),
        positions.slice(1).toReversed(),
      )
      const further = await log.readAll({ direction: 'backwards', after: back.position, limit: 1 })
      assert.equal(further.events[0]?.position, positions[0])
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
      assert.equal(refused.length, 11)
      for (const { reason } of refused as PromiseRejectedResult[])
        assert.ok(reason instanceof Conflict, String(reason))
      assert.equal((await log.read(stream)).length, 1)
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
      assert.deepEqual(refused, [0, 5, 10, 15, 20, 25, 30, 35, 40, 45])
      const positions = answers.flatMap((answer) =>
        answer.status === 'fulfilled' ? [answer.value.position] : [],
      )
      assert.equal(new Set(positions).size, 40)
      const places = new Set((await everything(log)).map(({ position }) => position))
      assert.ok(positions.every((position) => places.has(position)))
    })

    test('records concurrent appends to one stream in the order of the calls', async () => {
      const stream = newStream()
      const numbers = Array.from({ length: 20 }, (_, n) => n)
      await Promise.all(
        numbers.map((n) => log.append(stream, n === 0 ? 'none' : n - 1, [counted(n)])),
      )
      assert.deepEqual((await log.read(stream)).map(numberOf), numbers)
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
      assert.deepEqual(
        answers,
        sent.map(([, , answer]) => (answer === 'taken' ? `taken ${next++}` : answer)),
      )
      const events = await log.read(stream)
      assert.deepEqual(events.map(numberOf), [0, 1, 2, 3, 4, 5])
      assert.deepEqual(
        events.map(({ position }) => position),
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
      assert.equal(revision, 1)
      for (const answer of answers.slice(1))
        assert.deepEqual(answer, { revision, position, before: true })
      assert.equal((await log.read(stream)).length, 2)
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
      assert.ok(outcomes[100] instanceof Conflict)
      assert.ok(outcomes[101] instanceof EventRefused)
      const taken = outcomes.toSpliced(100, 2)
      const recorded = await everything(log, after)
      assert.deepEqual(recorded.map(numberOf), events.map(numberOf))
      assert.deepEqual(
        taken,
        recorded.map(({ revision, position }) => ({ revision, position })),
      )
      // A repetition has the same outcomes.
      assert.deepEqual(
        await log.appendInOrder(appends),
        taken.map((one) => ({ ...one, before: true })),
      )
      assert.equal((await everything(log, after)).length, 300)
      assert.deepEqual(await log.appendInOrder([]), [])
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
      assert.equal(recorded.length, 120)
      assert.deepEqual(
        recorded.toSorted((a, b) => a - b),
        appends.flatMap((_, n) => [n, n]),
      )
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
        assert.deepEqual(
          found.map(({ eventId, type, data, metadata, original }) => ({
            eventId,
            type,
            data,
            metadata,
            original,
          })),
          foreign,
        )
      assert.equal(foreign[0]?.metadata.causationId, foreign[0]?.eventId)
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
        assert.rejects(
          log.append(stream, 'none', [{ ...theirs, ...(bad && { original: bad }) }]),
          (error) => error instanceof EventRefused && why.test(error.message),
        )
      await refused({ ...original, contentType: contentTypes.binary }, /Counted is binary/)
      await refused({ ...original, metadata: 'AAAA' }, /metadata of Counted/)
      await log.append(stream, 'none', [{ ...theirs, original }])
      const [found] = await raw.read(stream)
      assert.deepEqual(found?.data, { n: 1 })
      assert.equal(found?.original?.metadata, original.metadata)
      // A server that stores bytes returns them as they were sent.
      const bytes = Buffer.from(found?.original?.data ?? '', 'base64').toString()
      assert.ok(['', '{"n":1}'].includes(bytes), bytes)
    })

    test('returns no position to a reader while an earlier event is not yet visible', async () => {
      const after = await log.head()
      const writers = await Promise.all([under.open(), under.open(), under.open(), under.open()])
      const each = 100
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
      assert.equal(there.length, writers.length * 2 * each * 1.5)
      assert.deepEqual(seen, there)
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
        assert.deepEqual(slice.events, [])
        if (!slice.caughtUp) continue
        assert.equal(slice.position, await log.head())
        stop.abort()
      }
    })

    test('upcasts events of older versions as they are read', async () => {
      const stream = newStream()
      const old = { ...counted(0), type: 'Moved', data: { to: 'Rome' } }
      await raw.append(stream, 'none', [old])
      const today = { to: 'Rome', by: 'foot' }
      assert.deepEqual((await log.read(stream))[0]?.data, today)
      const all = await log.readAll({ types: ['Moved'] })
      assert.deepEqual(all.events.at(-1)?.data, today)
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
      assert.deepEqual(found, { category, streams: 3, events: 6 })
      const [first, ...rest] = await log.streams({ category })
      assert.deepEqual([first?.stream, first?.events, rest.length], [streams[0], 1, 2])
      const next = await log.streams({ category, after: first!.position, limit: 1 })
      assert.deepEqual(
        next.map(({ stream, events }) => [stream, events]),
        [[streams[1], 2]],
      )
    })
  })
