import { randomUUID } from 'node:crypto'
import { setImmediate as soon } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { memorySpans } from './memory.ts'
import type { Operation, SpanExporter, SpanKind } from './port.ts'
import { tracer } from './tracer.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const quiet = { onError: () => undefined }

const operation = (name: string, kind: SpanKind = 'internal'): Operation => ({ name, kind })

const one = () => ({ operation: operation('work'), correlationId: randomUUID() })

test('spans are exported in one batch, with their parents, outcomes and times', async () => {
  const store = memorySpans()
  const traced = tracer(store, quiet)
  const correlationId = randomUUID()
  const outer = traced.begin({ operation: operation('outer', 'server'), correlationId })
  const parent = outer?.id
  const inner = traced.begin({ operation: operation('inner', 'client'), correlationId, parent })
  inner?.end({ error: new RangeError('with a secret'), attributes: { refused: 'out_of_stock' } })
  outer?.end()
  outer?.end()
  expect(store.spans).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(store.spans.map(({ name }) => name)).toEqual(['inner', 'outer'])
  expect(store.spans[0]).toMatchObject({
    traceId: correlationId.replaceAll('-', ''),
    parent,
    error: 'RangeError',
    attributes: { refused: 'out_of_stock' },
  })
  expect(JSON.stringify(store.spans)).not.toContain('secret')
  for (const { startedAt, endedAt } of store.spans)
    expect(endedAt).toBeGreaterThanOrEqual(startedAt)
  expect(traced.counts()).toEqual({ exported: 2, dropped: 0 })
})

test('work within a span finds it after waiting, and only as part of its trace', async () => {
  const traced = tracer(memorySpans(), quiet)
  const start = one()
  const span = traced.begin(start)
  const found = await traced.within(span, async () => {
    await soon()
    return [traced.current()?.id, traced.current(start.correlationId)?.id, traced.current('other')]
  })
  expect(found).toEqual([span?.id, span?.id, undefined])
  expect(traced.current()).toBeUndefined()
  expect(traced.within(undefined, () => 7)).toBe(7)
})

test('a trace that is not sampled has no spans, nor one whose correlation id is no UUID', () => {
  expect(tracer(memorySpans(), { ...quiet, isSampled: () => false }).begin(one())).toBeUndefined()
  const foreign = { ...one(), correlationId: 'order 7' }
  expect(tracer(memorySpans(), quiet).begin(foreign)).toBeUndefined()
})

test('the sampling of a trace is decided once, however many spans of other traces lie between its own', () => {
  const isSampled = vi.fn<(traceId: string) => boolean>((traceId) => traceId < '8')
  const traced = tracer(memorySpans(), { ...quiet, isSampled })
  const starts = Array.from({ length: 4_096 }, (_, nth) => {
    const last = nth.toString(16).padStart(3, '0')
    return { ...one(), correlationId: `${randomUUID().slice(0, -3)}${last}` }
  })
  const begun = starts.map((start) => traced.begin(start) !== undefined)
  expect(starts.map((start) => traced.begin(start) !== undefined)).toEqual(begun)
  expect(isSampled).toHaveBeenCalledTimes(starts.length)
})

test('traces whose ids end alike are decided each', () => {
  const traced = tracer(memorySpans(), { ...quiet, isSampled: (traceId) => traceId < '8' })
  const begins = (first: string) =>
    traced.begin({ ...one(), correlationId: `${first}bf92f35-77b3-4da6-a3ce-929d0e0e4736` })
  for (let nth = 0; nth < 2; nth++) {
    expect(begins('0')).toBeDefined()
    expect(begins('f')).toBeUndefined()
  }
})

test('what is recorded has ended', async () => {
  const store = memorySpans()
  const traced = tracer(store, { ...quiet, isSampled: (traceId) => traceId < '8' })
  const at = traced.now()
  const start = { operation: operation('project orders', 'consumer'), at, id: 'a3ce929d0e0e4736' }
  traced.record({ ...start, correlationId: '0bf92f35-77b3-4da6-a3ce-929d0e0e4736' })
  traced.record({ ...start, correlationId: 'fbf92f35-77b3-4da6-a3ce-929d0e0e4736' })
  await traced.close()
  expect(store.spans).toMatchObject([{ name: 'project orders', id: start.id, startedAt: at }])
})

/** A store that answers when the test lets it. */
const slowStore = () => {
  const asked: { count: number; answer: PromiseWithResolvers<void> }[] = []
  const exporter: SpanExporter = {
    batch: () => {
      let count = 0
      return {
        add: () => void count++,
        export: () => {
          const answer = Promise.withResolvers<void>()
          asked.push({ count, answer })
          return answer.promise
        },
      }
    },
    close: async () => undefined,
  }
  return { asked, exporter }
}

test('while the store is away, memory is bounded, spans are dropped and counted, and later ones are exported', async () => {
  const { asked, exporter } = slowStore()
  const errors: unknown[] = []
  const traced = tracer(exporter, { waiting: 2_136, onError: (error) => errors.push(error) })
  for (let nth = 0; nth < 3_000; nth++) traced.begin(one())?.end()
  expect(asked.map(({ count }) => count)).toEqual([2_048])
  expect(traced.counts()).toEqual({ exported: 0, dropped: 864 })
  asked[0]!.answer.reject(new Error('away'))
  await soon()
  expect(errors).toHaveLength(1)
  expect(traced.counts()).toEqual({ exported: 0, dropped: 2_912 })
  // What was left is exported with the next batch.
  await vi.advanceTimersByTimeAsync(1_000)
  asked[1]!.answer.resolve()
  await soon()
  expect(traced.counts()).toEqual({ exported: 88, dropped: 2_912 })
})

test('what has filled a batch during an export is exported at once, one batch at a time', async () => {
  const { asked, exporter } = slowStore()
  const traced = tracer(exporter, quiet)
  for (let nth = 0; nth < 3 * 2_048 + 7; nth++) traced.begin(one())?.end()
  for (const nth of [0, 1, 2]) {
    expect(asked).toHaveLength(nth + 1)
    asked[nth]!.answer.resolve()
    await soon()
  }
  expect(asked.map(({ count }) => count)).toEqual([2_048, 2_048, 2_048])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(asked[3]?.count).toBe(7)
})

test('closing exports what is left, and waits a second at most', async () => {
  const store = memorySpans()
  const traced = tracer(store, quiet)
  traced.begin(one())?.end()
  await traced.close()
  expect(store.spans).toHaveLength(1)

  const { asked, exporter } = slowStore()
  const hung = tracer(exporter, quiet)
  hung.begin(one())?.end()
  const closing = hung.close()
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1_000)
  await closing
})
