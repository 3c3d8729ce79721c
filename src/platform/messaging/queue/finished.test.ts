import { expect, test } from 'vitest'
import { finishedJobs, type FinishedColumns } from './finished.ts'

/** Longer than any test. */
const never = 1_000_000

const collecting = (pace: number) => {
  const sent: FinishedColumns[] = []
  const finished = finishedJobs(async (columns) => void sent.push(columns), pace)
  return { sent, finished }
}

test('finished jobs are recorded along with the next statement', async () => {
  const { sent, finished } = collecting(never)
  const recorded = Promise.all([
    finished.record('mail', 'one', ['a', 'b']),
    finished.record('card', 'other', ['c']),
  ])
  const columns = await finished.along(async (it) => it)
  expect(columns).toEqual([
    ['mail', 'mail', 'card'],
    ['one', 'one', 'other'],
    ['a', 'b', 'c'],
  ])
  await recorded
  expect(await finished.along(async (it) => it)).toEqual([[], [], []])
  expect(sent).toEqual([])
})

test('without another statement, finished jobs are recorded together by one of their own', async () => {
  const { sent, finished } = collecting(1)
  await Promise.all(['a', 'b', 'c'].map((id) => finished.record('mail', 'one', [id])))
  expect(sent.map(([, , ids]) => ids)).toEqual([['a', 'b', 'c']])
})

test('finished jobs that fill a statement are recorded at once', async () => {
  const { sent, finished } = collecting(never)
  await finished.record(
    'mail',
    'one',
    Array.from({ length: 512 }, (_, index) => String(index)),
  )
  expect(sent).toHaveLength(1)
})

test('a failing statement rejects the jobs that it was to record', async () => {
  const { finished } = collecting(never)
  const recorded = finished.record('mail', 'one', ['a'])
  const failing = async () => Promise.reject(new Error('unavailable'))
  const results = await Promise.allSettled([finished.along(failing), recorded])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
