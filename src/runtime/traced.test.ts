import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { expect, test, vi } from 'vitest'
import { catalogue, decider, Nothing, refuse } from '#kernel'
import { memorySpans } from '../platform/observability/tracing/memory.ts'
import { spanIdOf } from '../platform/observability/tracing/ids.ts'
import { tracer as createTracer } from '../platform/observability/tracing/tracer.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { executor as createExecutor } from './execute.ts'
import { tracedExecutor } from './traced-executor.ts'
import { following, tracedJob } from './traced-followers.ts'
import { tracedLog } from './traced-log.ts'

/** A lamp that can be lit once. */
const lamp = decider({
  name: 'lamp',
  id: Type.String(),
  commands: { Light: Nothing, Break: Nothing },
  events: { Lit: Nothing },
  refusals: { Burning: 'It burns already.' },
}).rules<boolean>({
  initialState: false,
  decide: {
    Light: (_, burns) => (burns ? refuse('Burning') : [{ type: 'Lit', data: {} }]),
    Break: () => {
      throw new TypeError('a flaw in the rule')
    },
  },
  evolve: { Lit: () => true },
})

const light = { type: 'Light', data: {} } as const

const setUp = () => {
  const store = memorySpans()
  const tracer = createTracer(store, { onError: () => undefined })
  const events = catalogue([lamp])
  const log = tracedLog(validatingLog(memoryEventLog(), events), tracer)
  const plain = createExecutor({ log, snapshots: memorySnapshots(), catalogue: events })
  return {
    log,
    tracer,
    executor: tracedExecutor(plain, tracer),
    /** All spans so far, by name. */
    spans: async () => {
      await tracer.close()
      return Map.groupBy(store.spans, ({ name }) => name)
    },
  }
}

const from = (commandId: string = randomUUID()) => ({
  commandId,
  actorId: 'ann',
  correlationId: randomUUID(),
})

test('a command is under the operation that sends it, its event under the command, and what follows under the event', async () => {
  const { log, tracer, executor, spans } = setUp()
  const origin = from()
  const { correlationId } = origin
  const request = tracer.begin(tracer.sampled(correlationId)!, {
    operation: { name: 'request', kind: 'server' },
  })
  await tracer.within(request, () => executor.execute(lamp, 'a', light, origin))
  const recorded = await log.read('lamp-a')
  const { now, done } = following(tracer, 'project lamps')
  done(recorded, now())
  const found = await spans()
  const [command] = found.get('command Light')!
  const [event] = found.get('append Lit')!
  expect(command).toMatchObject({ parent: request?.id, id: spanIdOf(origin.commandId) })
  expect(event).toMatchObject({ parent: command?.id, id: spanIdOf(recorded[0]!.eventId) })
  expect(found.get('project lamps')).toMatchObject([{ parent: event?.id, kind: 'consumer' }])
})

test('a plain command has a span for itself, its event and each read model; one that is not sampled has none, nor a promise of its own', async () => {
  const store = memorySpans()
  const isSampled = vi.fn<(traceId: string) => boolean>((traceId) => traceId < '8')
  const tracer = createTracer(store, { isSampled, onError: () => undefined })
  const events = catalogue([lamp])
  const untraced = validatingLog(memoryEventLog(), events)
  const log = tracedLog(untraced, tracer)
  const plain = createExecutor({ log, snapshots: memorySnapshots(), catalogue: events })
  const given: unknown[] = []
  const execute: typeof plain.execute = (...call) => {
    const answer = plain.execute(...call)
    given.push(answer)
    return answer
  }
  const executor = tracedExecutor({ ...plain, execute }, tracer)
  const followers = ['project lamps', 'project rooms'].map((name) => following(tracer, name))
  for (const first of ['0', 'f']) {
    const correlationId = `${first}${randomUUID().slice(1)}`
    const answer = executor.execute(lamp, first, light, { ...from(), correlationId })
    expect(answer).toBe(given.at(-1))
    await answer
    const recorded = await log.read(`lamp-${first}`)
    for (const { now, done } of followers) done(recorded, now())
  }
  await tracer.close()
  expect(store.spans.map(({ name }) => name)).toEqual([
    'append Lit',
    'command Light',
    'project lamps',
    'project rooms',
  ])
  // A decision is a hash: one for each trace.
  expect(isSampled).toHaveBeenCalledTimes(2)
})

test('a command is under the span of its origin, also where its sender has no context', async () => {
  const { executor, tracer, spans } = setUp()
  const origin = { ...from(), causationId: randomUUID() }
  const trace = tracer.sampled(origin.correlationId)!
  const span = tracer.begin(trace, { operation: { name: 'request', kind: 'server' } })
  await executor.execute(lamp, 'a', light, { ...origin, span })
  const traceId = origin.correlationId.replaceAll('-', '')
  expect((await spans()).get('command Light')).toMatchObject([{ traceId, parent: span.id }])
})

test('outside of an operation, a command is under the event that it follows from', async () => {
  const { tracer, executor, spans } = setUp()
  const causationId = randomUUID()
  const elsewhere = tracer.begin(tracer.sampled(randomUUID())!, {
    operation: { name: 'other', kind: 'server' },
  })
  await tracer.within(elsewhere, () =>
    executor.execute(lamp, 'a', light, { ...from(), causationId }),
  )
  expect((await spans()).get('command Light')).toMatchObject([{ parent: spanIdOf(causationId) }])
})

test('a refusal and a flaw are outcomes of the command; a repetition records no event', async () => {
  const { executor, spans } = setUp()
  const origin = from()
  await executor.execute(lamp, 'a', light, origin)
  await executor.execute(lamp, 'a', light, origin)
  await executor.execute(lamp, 'a', light, from())
  await expect(executor.execute(lamp, 'a', { type: 'Break', data: {} }, from())).rejects.toThrow(
    TypeError,
  )
  const found = await spans()
  expect(found.get('append Lit')).toHaveLength(1)
  expect(found.get('command Light')!.map(({ attributes }) => attributes)).toEqual([
    { 'agora.decider': 'lamp' },
    { 'agora.decider': 'lamp' },
    { 'agora.decider': 'lamp', 'agora.refused': 'Burning' },
  ])
  expect(found.get('command Break')).toMatchObject([{ error: 'TypeError' }])
})

test('a drafted command has its span once it is recorded', async () => {
  const { log, executor, spans } = setUp()
  const [kept, dropped] = [
    executor.draft(lamp, 'a', light, from()),
    executor.draft(lamp, 'b', light, from()),
  ]
  dropped!.release(false)
  const outcome = await log.appendTogether!([kept!.append])
  if (!outcome.recorded) throw new Error('not recorded')
  kept!.commit(outcome.appended[0]!)
  const found = await spans()
  expect(found.get('command Light')).toHaveLength(1)
  expect(found.get('append Lit')).toMatchObject([{ parent: found.get('command Light')![0]!.id }])
})

test('a job runs under its event; its commands are parts of it, and its failure is its outcome', async () => {
  const { executor, tracer, spans } = setUp()
  const origin = { ...from(), causationId: randomUUID() }
  const job = tracedJob(
    {
      name: 'light-lamp',
      reads: [],
      dataOf: () => undefined,
      run: async () => {
        await executor.execute(lamp, 'a', light, origin)
        throw new RangeError('afterwards')
      },
      givenUp: { reportsNothing: 'a test' },
      options: {},
    },
    tracer,
  )
  await expect(job.run(undefined as never, origin)).rejects.toThrow(RangeError)
  const found = await spans()
  const [run] = found.get('job light-lamp')!
  expect(run).toMatchObject({ parent: spanIdOf(origin.causationId), error: 'RangeError' })
  expect(found.get('command Light')).toMatchObject([{ parent: run?.id }])
})
