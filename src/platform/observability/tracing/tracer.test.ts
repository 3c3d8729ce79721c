import { randomUUID } from 'node:crypto'
import { setImmediate as soon } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { memorySpans } from './memory.ts'
import type { EndedSpan, SpanExporter } from './port.ts'
import { tracer } from './tracer.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const quiet = { onError: () => undefined }

const one = (name = 'work') => ({ name, kind: 'internal', correlationId: randomUUID() }) as const

test('spans are exported in one batch, with their parents, outcomes and times', async () => {
  const store = memorySpans()
  const traced = tracer(store, quiet)
  const correlationId = randomUUID()
  const outer = traced.begin({ name: 'outer', kind: 'server', correlationId })
  const parent = outer?.id
  const inner = traced.begin({ name: 'inner', kind: 'client', correlationId, parent })
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

/** A store that answers when the test lets it. */
const slowStore = () => {
  const asked: { spans: readonly EndedSpan[]; answer: PromiseWithResolvers<void> }[] = []
  const exporter: SpanExporter = {
    export: (spans) => {
      const answer = Promise.withResolvers<void>()
      asked.push({ spans, answer })
      return answer.promise
    },
    close: async () => undefined,
  }
  return { asked, exporter }
}

test('while the store is away, memory is bounded, spans are dropped and counted, and later ones are exported', async () => {
  const { asked, exporter } = slowStore()
  const errors: unknown[] = []
  const traced = tracer(exporter, { waiting: 600, onError: (error) => errors.push(error) })
  for (let nth = 0; nth < 1_000; nth++) traced.begin(one())?.end()
  expect(asked.map(({ spans }) => spans.length)).toEqual([512])
  expect(traced.counts()).toEqual({ exported: 0, dropped: 400 })
  asked[0]!.answer.reject(new Error('away'))
  await soon()
  expect(errors).toHaveLength(1)
  expect(traced.counts()).toEqual({ exported: 0, dropped: 912 })
  // What was left is exported with the next batch.
  await vi.advanceTimersByTimeAsync(1_000)
  asked[1]!.answer.resolve()
  await soon()
  expect(traced.counts()).toEqual({ exported: 88, dropped: 912 })
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
