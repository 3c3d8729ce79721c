import { randomUUID } from 'node:crypto'
import { setImmediate as soon } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { memorySpans } from './memory.ts'
import type { Operation, SpanExporter, SpanKind, SpanStart, Tracer } from './port.ts'
import { tracer } from './tracer.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const quiet = { onError: () => undefined }

const operation = (name: string, kind: SpanKind = 'internal'): Operation => ({ name, kind })

/** Begins a span of a new trace, or of the given one. @returns undefined unless it is sampled */
const begin = (
  traced: Tracer,
  { correlationId = randomUUID(), ...start }: Partial<SpanStart> & { correlationId?: string } = {},
) => {
  const trace = traced.sampled(correlationId)
  return trace && traced.begin(trace, { operation: operation('work'), ...start })
}

test('spans are exported in one batch, with their parents, outcomes and times', async () => {
  const store = memorySpans()
  const traced = tracer(store, quiet)
  const correlationId = randomUUID()
  const outer = begin(traced, { operation: operation('outer', 'server'), correlationId })
  const parent = outer?.id
  const inner = begin(traced, { operation: operation('inner', 'client'), correlationId, parent })
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
  const correlationId = randomUUID()
  const span = begin(traced, { correlationId })
  const found = await traced.within(span, async () => {
    await soon()
    return [traced.current()?.id, traced.current(correlationId)?.id, traced.current('other')]
  })
  expect(found).toEqual([span?.id, span?.id, undefined])
  expect(traced.current()).toBeUndefined()
  expect(traced.within(undefined, () => 7)).toBe(7)
})

test('a trace that is not sampled has no spans, nor one whose correlation id is no UUID', () => {
  expect(begin(tracer(memorySpans(), { ...quiet, isSampled: () => false }))).toBeUndefined()
  for (const isSampled of [undefined, () => true]) {
    const traced = tracer(memorySpans(), { ...quiet, ...(isSampled && { isSampled }) })
    expect(traced.sampled('order 7')).toBeUndefined()
    expect(traced.sampled(randomUUID())).toBeDefined()
  }
})

test('the sampling of a trace is decided once, however many spans of other traces lie between its own', () => {
  const isSampled = vi.fn<(traceId: string) => boolean>((traceId) => traceId < '8')
  const traced = tracer(memorySpans(), { ...quiet, isSampled })
  const ids = Array.from({ length: 4_096 }, (_, nth) => {
    const last = nth.toString(16).padStart(3, '0')
    return `${randomUUID().slice(0, -3)}${last}`
  })
  const begun = ids.map((id) => traced.sampled(id) !== undefined)
  expect(ids.map((id) => traced.sampled(id) !== undefined)).toEqual(begun)
  expect(begun).toEqual(ids.map((id) => id < '8'))
  expect(isSampled).toHaveBeenCalledTimes(ids.length)
})

test('traces whose ids end alike are decided each', () => {
  const traced = tracer(memorySpans(), { ...quiet, isSampled: (traceId) => traceId < '8' })
  const sampled = (first: string) =>
    traced.sampled(`${first}bf92f35-77b3-4da6-a3ce-929d0e0e4736`) !== undefined
  for (let nth = 0; nth < 2; nth++) {
    expect(sampled('0')).toBe(true)
    expect(sampled('f')).toBe(false)
  }
})

test('what is recorded has ended', async () => {
  const store = memorySpans()
  const traced = tracer(store, quiet)
  const at = traced.now()
  const id = { high: 1, low: -2 }
  const start = { operation: operation('project orders', 'consumer'), at, id }
  const trace = traced.sampled(randomUUID())!
  traced.record(trace, start)
  traced.record(trace, start, at + 7)
  traced.record(trace, { operation: start.operation })
  await traced.close()
  const [first, second, third] = store.spans
  expect(first).toMatchObject({ name: 'project orders', id, startedAt: at })
  expect(first!.endedAt).toBeGreaterThanOrEqual(at)
  expect(second).toMatchObject({ id, startedAt: at, endedAt: at + 7 })
  expect(third!.startedAt).toBe(third!.endedAt)
  expect(third!.id).not.toEqual(id)
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
  for (let nth = 0; nth < 3_000; nth++) begin(traced)?.end()
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
  for (let nth = 0; nth < 3 * 2_048 + 7; nth++) begin(traced)?.end()
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
  begin(traced)?.end()
  await traced.close()
  expect(store.spans).toHaveLength(1)

  const { asked, exporter } = slowStore()
  const hung = tracer(exporter, quiet)
  begin(hung)?.end()
  const closing = hung.close()
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1_000)
  await closing
})
