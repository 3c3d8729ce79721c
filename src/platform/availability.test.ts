import { expect, test } from 'vitest'
import { createAvailability } from './availability.ts'
import { Unavailable } from './unavailable.ts'

const away = async (): Promise<never> => {
  throw new Unavailable('no answer')
}
const answer = async () => 7

const guard = (policy?: { failures: number; restMs: number }) => {
  let ms = 0
  const changes: boolean[] = []
  const availability = createAvailability('It', {
    ...(policy && { policy }),
    now: () => ms,
    onChange: (isUp) => changes.push(isUp),
  })
  return { ...availability, changes, pass: (more: number) => void (ms += more) }
}

test('it is away after so many failures in a row; an answer in between starts the count again', async () => {
  const { attempt, status, changes } = guard({ failures: 3, restMs: 1_000 })
  for (const work of [away, away, answer, away, away]) await attempt(work).catch(() => undefined)
  expect(status()).toEqual({ state: 'closed', failed: 4, rejected: 0 })
  await expect(attempt(away)).rejects.toThrow('no answer')
  expect(status()).toEqual({ state: 'open', failed: 5, rejected: 0 })
  await expect(attempt(answer)).rejects.toThrow('It is away; it is tried again every second')
  expect(status()).toEqual({ state: 'open', failed: 5, rejected: 1 })
  expect(changes).toEqual([false])
})

test('after its rest one call tries, while others fail at once; a failed trial makes it rest again', async () => {
  const { attempt, status, changes, pass } = guard({ failures: 1, restMs: 5_000 })
  await expect(attempt(away)).rejects.toThrow(Unavailable)
  pass(4_999)
  await expect(attempt(answer)).rejects.toThrow('every 5 s')
  pass(1)
  const trial = Promise.withResolvers<number>()
  const trying = attempt(() => trial.promise)
  expect(status().state).toBe('half-open')
  await expect(attempt(answer)).rejects.toThrow(Unavailable)
  trial.reject(new Unavailable('still not'))
  await expect(trying).rejects.toThrow('still not')
  expect(status()).toEqual({ state: 'open', failed: 2, rejected: 2 })
  pass(5_000)
  expect(await attempt(answer)).toBe(7)
  expect(status().state).toBe('closed')
  expect(changes).toEqual([false, true])
})

test('an error that is an answer is none of its failures', async () => {
  const { attempt, status } = guard()
  await expect(attempt(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
  const cause = new Error('451')
  const busy = () => Promise.reject(new Unavailable('not now', { cause }))
  await expect(attempt(busy, (one) => one === cause)).rejects.toThrow('not now')
  expect(status()).toEqual({ state: 'closed', failed: 0, rejected: 0 })
})

test('calls that began before a change neither end the rest, nor lengthen it, nor make the server away again', async () => {
  const { attempt, status, changes, pass } = guard({ failures: 1, restMs: 5_000 })
  const begin = () => {
    const outcome = Promise.withResolvers<number>()
    const ended = attempt(() => outcome.promise).catch(() => undefined)
    return {
      fails: () => (outcome.reject(new Unavailable('late')), ended),
      answers: () => (outcome.resolve(7), ended),
    }
  }
  const [first, second, third, fourth] = [begin(), begin(), begin(), begin()]
  await first.fails()
  pass(4_000)
  await second.fails()
  // An answer to a call from before the outage is no answer after it.
  await third.answers()
  expect(status().state).toBe('open')
  pass(1_000)
  const trial = begin()
  expect(status().state).toBe('half-open')
  await trial.answers()
  await fourth.fails()
  expect(status()).toEqual({ state: 'closed', failed: 3, rejected: 0 })
  expect(changes).toEqual([false, true])
})
