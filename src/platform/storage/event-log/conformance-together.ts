import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { validatingLog } from './validating-log.ts'
import type { LogUnderTest } from './conformance.ts'
import {
  EventRefused,
  type Append,
  type EventLog,
  type ExpectedRevision,
  type TogetherOutcome,
} from './port.ts'
import { counted, declared, everything, newStream, numberOf } from './testing/counted-events.ts'

/** Conformance suite of logs whose engine has a transaction over streams. */
export const appendTogetherConformance = (name: string, make: () => Promise<LogUnderTest>) =>
  describe(`appends together in ${name}`, () => {
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

    test('records appends together, or none of them', async () => {
      const { appendTogether } = log
      expect.assert(appendTogether)
      const [one, two, three] = [newStream(), newStream(), newStream()]
      const before = await log.head()
      const group: readonly Append[] = [
        { stream: one, expected: 'none', events: [counted(0), counted(1)] },
        { stream: two, expected: 'any', events: [counted(2)] },
        { stream: one, expected: 1, events: [counted(3)] },
      ]
      const recorded = await appendTogether(group)
      expect.assert(recorded.recorded)
      expect(
        recorded.appended.map(({ revision, position }) => [revision, position - before]),
      ).toStrictEqual([
        [1, 2n],
        [0, 3n],
        [2, 4n],
      ])
      expect(await appendTogether(group)).toStrictEqual({
        recorded: true,
        appended: recorded.appended.map((appended) => ({ ...appended, before: true })),
      })

      const refused = await appendTogether([
        { stream: three, expected: 'none', events: [counted(4)] },
        { stream: two, expected: 7, events: [counted(5)] },
        { stream: one, expected: 'none', events: [counted(6)] },
        { stream: three, expected: 0, events: [counted(7)] },
      ])
      expect.assert(!refused.recorded)
      expect(refused.conflicts.map((conflict) => conflict?.revision)).toStrictEqual([
        undefined,
        0,
        2,
        undefined,
      ])
      expect(await log.read(three)).toStrictEqual([])
      expect(await log.head()).toBe(before + 4n)

      // Events that were recorded before count as appended, and the rest is appended.
      const [move, sent] = [counted(8), counted(9)]
      const first = await log.append(one, 2, [move])
      const rest = await appendTogether([
        { stream: one, expected: 2, events: [move] },
        { stream: three, expected: 'none', events: [sent] },
      ])
      expect.assert(rest.recorded)
      expect(rest.appended).toStrictEqual([
        { ...first, before: true },
        { revision: 0, position: first.position + 1n },
      ])
      const bad = { ...counted(1), type: 'Guessed' }
      await expect(
        appendTogether([
          { stream: newStream(), expected: 'none', events: [counted(1)] },
          { stream: newStream(), expected: 'none', events: [bad] },
        ]),
      ).rejects.toThrow(EventRefused)
      expect(await log.head()).toBe(before + 6n)
    })

    test('accepts an empty group', async () => {
      const { appendTogether } = log
      expect.assert(appendTogether)
      expect(await appendTogether([])).toStrictEqual({ recorded: true, appended: [] })
    })

    test('appends a group only if the streams that it checks have the expected revisions', async () => {
      const { appendTogether } = log
      expect.assert(appendTogether)
      const [basis, absent, written] = [newStream(), newStream(), newStream()]
      await log.append(basis, 'none', [counted(0), counted(1)])
      const before = await log.head()
      const check = (stream: string, expected: ExpectedRevision): Append => ({
        stream,
        expected,
        events: [],
      })
      const write = (n: number): Append => ({
        stream: written,
        expected: 'any',
        events: [counted(n)],
      })

      const holding = await appendTogether([
        check(basis, 1),
        check(absent, 'none'),
        write(1),
        check(basis, 'exists'),
      ])
      expect.assert(holding.recorded)
      expect(holding.appended.map(({ revision }) => revision)).toStrictEqual([1, -1, 0, 1])
      expect(holding.appended[2]!.position).toBe(before + 1n)

      for (const [stream, expected, at] of [
        [basis, 0, 1],
        [basis, 2, 1],
        [basis, 'none', 1],
        [absent, 0, -1],
        [absent, 'exists', -1],
      ] as const) {
        const refused: TogetherOutcome = await appendTogether([write(2), check(stream, expected)])
        expect.assert(!refused.recorded)
        expect(refused.conflicts.map((conflict) => conflict?.revision)).toStrictEqual([
          undefined,
          at,
        ])
      }
      expect((await log.read(written)).length).toBe(1)
      expect(await log.read(absent)).toStrictEqual([])
      expect(await log.head()).toBe(before + 1n)

      // Concurrent checks of one stream do not block each other, nor an append to it.
      const checking = (expected: number) =>
        Promise.all(
          Array.from({ length: 20 }, (_, n) => appendTogether([check(basis, expected), write(n)])),
        )
      const [early, moved, late] = await Promise.all([
        checking(1),
        log.append(basis, 1, [counted(2)]),
        checking(2),
      ])
      const takenOf = (outcomes: readonly TogetherOutcome[]) =>
        outcomes.filter(({ recorded }) => recorded).length
      const positions = (await log.read(written)).slice(1).map(({ position }) => position)
      expect(takenOf(early)).toBe(positions.filter((at) => at < moved.position).length)
      expect(takenOf(late)).toBe(positions.filter((at) => at > moved.position).length)
    })

    test('appends the other groups of a batch with a refused one, also those to its streams', async () => {
      const { appendTogether } = log
      expect.assert(appendTogether)
      const [taken, shared] = [newStream(), newStream()]
      await log.append(taken, 'none', [counted(0)])
      const groupOf = (expected: ExpectedRevision, n: number) =>
        appendTogether([
          { stream: newStream(), expected: 'none', events: [counted(n)] },
          { stream: shared, expected, events: [counted(n), counted(n)] },
          { stream: taken, expected: n % 2 === 0 ? 'exists' : 'none', events: [counted(n)] },
          { stream: shared, expected: 'exists', events: [counted(n)] },
        ])
      const [first, refused, alone, second, plain, third] = await Promise.all([
        log.append(shared, 'none', [counted(1)]),
        groupOf(0, 3),
        log.append(newStream(), 'none', [counted(0)]),
        groupOf(0, 4),
        log.append(shared, 3, [counted(5)]),
        groupOf('any', 6),
      ])
      expect([first.revision, alone.revision, plain.revision]).toStrictEqual([0, 0, 4])
      expect([refused, second, third].map(({ recorded }) => recorded)).toStrictEqual([
        false,
        true,
        true,
      ])
      expect((await log.read(shared)).map(numberOf)).toStrictEqual([1, 4, 4, 4, 5, 6, 6, 6])
      expect((await log.read(taken)).map(numberOf)).toStrictEqual([0, 4, 6])
      const positions = (await everything(log)).map(({ position }) => position)
      const dense = positions.map((_, n) => BigInt(n + 1))
      expect(positions).toStrictEqual(raw.dense ? dense : positions)
    })
  })
