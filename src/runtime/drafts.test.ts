import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { catalogue, decider, Fields, isRefusal, Nothing, refuse } from '#kernel'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { executor } from './execute.ts'

/** A shelf that can be filled and emptied. */
const shelf = decider({
  name: 'shelf',
  id: Type.String(),
  commands: { Put: Fields({ pieces: Type.Integer() }), Take: Nothing, Drop: Nothing },
  events: { Put: Fields({ pieces: Type.Integer() }), Taken: Nothing },
  refusals: { Empty: 'There is nothing on it.' },
}).rules<number>({
  initialState: 0,
  decide: {
    Put: ({ pieces }) => (pieces === 0 ? [] : [{ type: 'Put', data: { pieces } }]),
    Take: (_, pieces) => (pieces > 0 ? [{ type: 'Taken', data: {} }] : refuse('Empty')),
    Drop: () => {
      throw new Error('a flaw in the rule')
    },
  },
  evolve: { Put: (pieces, data) => pieces + data.pieces, Taken: (pieces) => pieces - 1 },
})

const declared = catalogue([shelf])
const put = (pieces: number) => ({ type: 'Put' as const, data: { pieces } })
const take = { type: 'Take' as const, data: {} }
const from = (commandId: string = randomUUID()) => ({
  commandId,
  actorId: 'ann',
  correlationId: randomUUID(),
})

/** Two executors on one log, as two processes; `reads` says how often the first has read a stream. */
const setUp = () => {
  const log = validatingLog(memoryEventLog(), declared)
  const counts = { reads: 0 }
  const counting: EventLog = {
    ...log,
    read: (...args) => {
      counts.reads += 1
      return log.read(...args)
    },
  }
  const observed: string[] = []
  const here = executor({
    log: counting,
    snapshots: memorySnapshots(),
    catalogue: declared,
    observed: (_, command, answer) => observed.push(`${command} ${answer}`),
  })
  const elsewhere = executor({ log, snapshots: memorySnapshots(), catalogue: declared })
  const draft = (command: Parameters<typeof here.draft<typeof shelf>>[2], origin = from()) =>
    here.draft(shelf, 'a', command, origin)
  const execute = (command: Parameters<typeof here.draft<typeof shelf>>[2], origin = from()) =>
    here.execute(shelf, 'a', command, origin)
  /** Executes, and waits until the stream is idle again. */
  const executed = async (...asked: Parameters<typeof execute>) => {
    const answer = await execute(...asked)
    await here.idle()
    return answer
  }
  const record = async ({ append }: NonNullable<ReturnType<typeof draft>>) =>
    log.append(append.stream, append.expected, append.events)
  const types = async () => (await log.read('shelf-a')).map(({ type }) => type)
  return { log, counts, observed, here, elsewhere, draft, execute, executed, record, types }
}

const drafted = <T>(draft: T | undefined): T => {
  expect.assert(draft)
  return draft
}

test('a draft has the events that the command would record, decided on the cached state', async () => {
  const { draft, executed, elsewhere, log } = setUp()
  const origin = { ...from(), causationId: randomUUID() }
  const { append, release } = drafted(draft(put(2), origin))
  release(false)
  await elsewhere.execute(shelf, 'b', put(2), origin)
  const [same] = await log.read('shelf-b')
  const [event] = append.events
  expect([append.stream, append.expected]).toEqual(['shelf-a', 'none'])
  expect(event).toEqual({
    eventId: same?.eventId,
    type: 'Put',
    data: { pieces: 2 },
    metadata: same?.metadata,
  })

  await executed(put(1))
  const next = drafted(draft(take))
  expect(next.append.expected).toBe(0)
  next.release(false)
})

test('commands to a stream wait for its draft, and are decided on the state after it', async () => {
  const { draft, execute, record, types, counts, here } = setUp()
  const { commit, ...pending } = drafted(draft(put(1)))
  let answered = 0
  const taking = [execute(take), execute(take)].map((asked) => asked.finally(() => (answered += 1)))
  let isIdle = false
  const idle = here.idle().then(() => (isIdle = true))
  expect(draft(put(1))).toBeUndefined()
  const appended = await record({ commit, ...pending })
  expect([answered, isIdle]).toEqual([0, false])
  commit(appended)
  const [first, second] = await Promise.all(taking)
  expect.assert(first && !isRefusal(first) && first.revision === 1)
  expect.assert(second && isRefusal(second))
  expect(await types()).toEqual(['Put', 'Taken'])
  expect(counts.reads).toBe(0)
  await idle
})

test('after a release commands are decided as if there had been no draft', async () => {
  const { here, draft, execute, executed, types, counts } = setUp()
  await executed(put(1))
  const first = drafted(draft(take))
  const taking = execute(take)
  first.release(false)
  const answer = await taking
  expect.assert(!isRefusal(answer))
  expect(answer.state).toBe(0)
  expect(await types()).toEqual(['Put', 'Taken'])
  await here.idle()
  drafted(draft(put(1))).release(false)
  expect(counts.reads).toBe(0)
})

test('a stream whose draft was stale is read before the next command, and only once', async () => {
  const { draft, executed, elsewhere, counts } = setUp()
  await executed(put(1))
  const pending = drafted(draft(take))
  await elsewhere.execute(shelf, 'a', take, from())
  await elsewhere.execute(shelf, 'a', put(5), from())
  pending.release(true)
  expect(draft(take)).toBeUndefined()
  const answer = await executed(take)
  expect.assert(!isRefusal(answer))
  expect([answer.state, counts.reads]).toEqual([4, 1])
  drafted(draft(take)).release(false)
  await executed(take)
  expect(counts.reads).toBe(1)
})

test('a draft that had been recorded before is replaced by the recorded events and those after them', async () => {
  const { draft, execute, elsewhere, log } = setUp()
  const pending = drafted(draft(put(3)))
  const { stream, expected, events } = pending.append
  // The same event, as it was decided the first time.
  await log.append(stream, expected, [{ ...events[0]!, data: { pieces: 7 } }])
  await elsewhere.execute(shelf, 'a', take, from())
  pending.commit(await log.append(stream, expected, events))
  expect(draft(put(1))).toBeUndefined()
  const answer = await execute(take)
  expect.assert(!isRefusal(answer))
  expect([answer.state, answer.revision]).toEqual([5, 2])
})

test('there is no draft of a command that is refused, changes nothing, is a repetition or cannot be decided', async () => {
  const { draft, execute, executed, observed } = setUp()
  const origin = from()
  await executed(put(1), origin)
  await executed(take)
  observed.length = 0
  expect(draft(take)).toBeUndefined()
  expect(draft(put(0))).toBeUndefined()
  expect(draft(put(1), origin)).toBeUndefined()
  expect(draft({ type: 'Drop', data: {} })).toBeUndefined()
  expect(observed).toEqual([])
  // None of them has left the stream reserved.
  expect.assert(isRefusal(await execute(take)))
})

test('a draft is observed as an accepted command once it is recorded', async () => {
  const { draft, record, observed } = setUp()
  drafted(draft(put(1))).release(false)
  expect(observed).toEqual([])
  const pending = drafted(draft(put(1)))
  pending.commit(await record(pending))
  expect(observed).toEqual(['Put taken'])
})

test('a further draft is decided on the one before, and the stream is reserved for both', async () => {
  const { draft, execute, executed, record, types, here, counts } = setUp()
  await executed(put(1))
  const first = drafted(draft(take))
  expect(first.next(take, from())).toBeUndefined()
  const second = drafted(first.next(put(2), from()))
  expect([second.append.expected, second.behind]).toEqual([1, first.behind])
  let isAnswered = false
  const taking = execute(take).finally(() => (isAnswered = true))
  first.commit(await record(first))
  await new Promise(setImmediate)
  expect([isAnswered, draft(take)]).toEqual([false, undefined])
  second.commit(await record(second))
  const answer = await taking
  expect.assert(!isRefusal(answer))
  expect([answer.state, answer.revision, counts.reads]).toEqual([1, 3, 0])
  expect(await types()).toEqual(['Put', 'Taken', 'Put', 'Taken'])
  await here.idle()
})

test('a stream with one stale draft among several is read before the next command', async () => {
  const { draft, executed, elsewhere, counts } = setUp()
  await executed(put(1))
  const first = drafted(draft(take))
  const second = drafted(first.next(put(2), from()))
  await elsewhere.execute(shelf, 'a', put(5), from())
  first.release(true)
  second.release(false)
  expect(draft(take)).toBeUndefined()
  const answer = await executed(take)
  expect.assert(!isRefusal(answer))
  expect([answer.state, counts.reads]).toEqual([5, 1])
})
