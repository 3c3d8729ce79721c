import { expect, test } from 'vitest'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { operatorRequests } from './operator-requests.ts'

/** Requests to one follower, which end with the test. */
const listening = (options?: Parameters<typeof operatorRequests>[2]) => {
  const control = memoryControl()
  const stop = new AbortController()
  const requests = operatorRequests(control, stop.signal, options)
  /** A wait for events that none comes to, until its signal is aborted. */
  const wait = () => requests.unlessPending(untilAborted)
  return { ...requests, control, stop, wait, [Symbol.asyncDispose]: requests.close }
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<string>((_, reject) => {
    const abort = () => reject(signal.reason as Error)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
  })

/** Lets everything happen that needs no time. */
const settle = async () => {
  for (let turns = 0; turns < 3; turns += 1) await new Promise(setImmediate)
}

test('a follower begins by answering, unless it knows that there is no request', async () => {
  await using some = listening()
  expect(some.isPending()).toBe(true)
  some.answering()
  expect(some.isPending()).toBe(false)
  await using none = listening({ isPending: false })
  expect(none.isPending()).toBe(false)
})

test('each announcement is a request, and cuts the wait for events short', async () => {
  await using requests = listening({ isPending: false })
  for (let nth = 0; nth < 2; nth += 1) {
    const [waiting, signal] = [requests.wait(), requests.signal()]
    await requests.control.announce()
    expect(await waiting).toBeUndefined()
    expect([requests.isPending(), signal.aborted]).toEqual([true, true])
    // Cut short at once, until the request is answered.
    expect(await requests.wait()).toBeUndefined()
    requests.answering()
    expect([requests.isPending(), requests.signal().aborted]).toEqual([false, false])
  }
})

test('events that come before a request are returned, and a failed read is thrown', async () => {
  await using requests = listening({ isPending: false })
  expect(await requests.unlessPending(async () => 'events')).toBe('events')
  const failed = requests.unlessPending(() => Promise.reject(new Error('the log is away')))
  await expect(failed).rejects.toThrow('the log is away')
})

test('a follower that ends throws from its wait, also when there is a request', async () => {
  await using requests = listening({ isPending: false })
  const ending = requests.wait()
  requests.stop.abort(new Error('stopped'))
  await expect(ending).rejects.toThrow('stopped')
  await requests.control.announce()
  await expect.poll(requests.isPending).toBe(true)
  await settle()
  await expect(requests.wait()).rejects.toThrow('stopped')
  requests.answering()
  await expect(requests.wait()).rejects.toThrow('stopped')
})

test('an announcement that does not concern the follower is no request', async () => {
  let asked = 0
  await using requests = listening({
    isPending: false,
    concerns: async () => {
      asked += 1
      return false
    },
  })
  await requests.control.announce()
  await expect.poll(() => asked).toBe(1)
  await settle()
  expect([requests.isPending(), requests.signal().aborted]).toEqual([false, false])
})

test('a request that is not answered yet stays one, whatever is announced after it', async () => {
  let asked = 0
  await using requests = listening({ concerns: () => (asked += 1) < 0 })
  const waiting = requests.wait()
  await requests.control.announce()
  expect(await waiting).toBeUndefined()
  expect([requests.isPending(), asked]).toEqual([true, 0])
})

test('an announcement that cannot be looked up is taken for a request', async () => {
  await using requests = listening({
    isPending: false,
    concerns: () => Promise.reject(new Error('the store is away')),
  })
  await requests.control.announce()
  await expect.poll(requests.isPending).toBe(true)
})

test('an announcement is not missed while the one before it is looked up', async () => {
  const first = Promise.withResolvers<boolean>()
  let asked = 0
  await using requests = listening({
    isPending: false,
    concerns: () => ((asked += 1) === 1 ? first.promise : true),
  })
  await requests.control.announce()
  await expect.poll(() => asked).toBe(1)
  await requests.control.announce()
  first.resolve(false)
  await expect.poll(requests.isPending).toBe(true)
})

test('the end of listening is no request, and nothing is looked up after it', async () => {
  let asked = 0
  const requests = listening({
    isPending: false,
    concerns: () => {
      asked += 1
      return true
    },
  })
  await requests.close()
  await requests.control.announce()
  await settle()
  expect([requests.isPending(), requests.signal().aborted, asked]).toEqual([false, false, 0])
})
