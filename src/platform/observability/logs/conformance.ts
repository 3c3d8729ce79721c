import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LogEntry, LogStore } from './port.ts'

/** A store of a test. */
export type OpenedLogs = AsyncDisposable & { readonly store: LogStore }

/** Runs the promises of the port against an adapter. @param options.skip whether its server is missing */
export const logConformance = (
  name: string,
  open: () => Promise<OpenedLogs>,
  { skip = false }: { readonly skip?: boolean } = {},
): void => {
  describe.skipIf(skip)(`log lines: ${name}`, () => {
    let opened: OpenedLogs
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened?.[Symbol.asyncDispose]())

    /** Entries of a service of their own, a second apart, the oldest first. */
    const written = async (
      ...parts: readonly Partial<LogEntry>[]
    ): Promise<{ readonly service: string; readonly ids: readonly string[] }> => {
      const service = `s${randomUUID().slice(0, 8)}`
      const entries = parts.map((part, nth): LogEntry => ({
        id: `${service}-${nth}`,
        time: new Date(Date.now() - 60_000 + nth * 1_000).toISOString(),
        level: 'info',
        service,
        process: 'here:1',
        message: 'A line',
        ...part,
      }))
      await opened.store.write(entries)
      const all = () => opened.store.find({ service, limit: 100 })
      await expect.poll(async () => (await all()).length, { timeout: 20_000 }).toBe(parts.length)
      return { service, ids: entries.map(({ id }) => id) }
    }
    const idsOf = async (query: Parameters<LogStore['find']>[0]) =>
      (await opened.store.find(query)).map(({ id }) => id)

    test('are found as they were written, the latest first', async () => {
      const error = {
        type: 'Unavailable',
        message: 'The log is away',
        stack: 'Unavailable: …',
        causes: [{ type: 'Error', message: 'ECONNREFUSED', code: 'ECONNREFUSED' }],
      }
      const details = { route: '/orders', nested: { list: [1, 'two'] } }
      const { service, ids } = await written({}, { error, details, traceId: 't1', level: 'error' })
      const found = await opened.store.find({ service, limit: 10 })
      expect(found.map(({ id }) => id)).toEqual(ids.toReversed())
      expect(found[0]).toMatchObject({ error, details, traceId: 't1', level: 'error' })
    })

    test('are found by level, trace and time', async () => {
      const { service, ids } = await written(
        { level: 'warn', traceId: 'a' },
        { level: 'error', traceId: 'b' },
        { level: 'error', traceId: 'a' },
      )
      const [first, second, third] = ids
      expect(await idsOf({ service, level: 'error', limit: 10 })).toEqual([third, second])
      expect(await idsOf({ service, traceId: 'a', limit: 10 })).toEqual([third, first])
      const [{ time } = { time: '' }] = await opened.store.find({ service, traceId: 'b', limit: 1 })
      expect(await idsOf({ service, from: time, limit: 10 })).toEqual([third, second])
      expect(await idsOf({ service, to: time, limit: 10 })).toEqual([second, first])
      expect(await idsOf({ service, from: time, to: time, limit: 10 })).toEqual([second])
      expect(await idsOf({ service, level: 'fatal', limit: 10 })).toEqual([])
    })

    test('are found by the beginnings of words, in messages and in errors of the chain', async () => {
      const causes = [{ type: 'Timeout', message: 'No answer of the Übersee-Bank' }]
      const { service, ids } = await written(
        { message: 'A request failed' },
        { message: 'Other', error: { type: 'Unavailable', message: 'Charging failed', causes } },
      )
      const found = (q: string) => idsOf({ service, q, limit: 10 })
      expect(await found('fail')).toEqual(ids.toReversed())
      expect(await found('REQUEST fail')).toEqual([ids[0]])
      expect(await found('ubersee unavail')).toEqual([ids[1]])
      expect(await found('ailed')).toEqual([])
    })

    test('are read in pages, those of one millisecond included', async () => {
      const time = new Date().toISOString()
      const { service, ids } = await written({ time }, { time }, { time }, {})
      const pages: string[] = []
      let before: Pick<LogEntry, 'time' | 'id'> | undefined
      for (;;) {
        const page = await opened.store.find({ service, limit: 2, before })
        if (page.length === 0) break
        pages.push(...page.map(({ id }) => id))
        before = page.at(-1)
      }
      expect(pages).toEqual([ids[2], ids[1], ids[0], ids[3]])
    })

    test('are stored once, however often they are written', async () => {
      const { service } = await written({})
      const again = await opened.store.find({ service, limit: 10 })
      await opened.store.write(again)
      await written({})
      expect(await opened.store.find({ service, limit: 10 })).toEqual(again)
    })
  })
}
