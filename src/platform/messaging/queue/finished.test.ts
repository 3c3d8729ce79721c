import { expect, test } from 'vitest'
import { finishedJobs, type FinishedColumns } from './finished.ts'

/** Longer than any test. */
const never = 1_000_000

const collecting = (pace: number) => {
  const sent: FinishedColumns[] = []
  const finished = finishedJobs(async (columns) => void sent.push(columns), pace)
  return { sent, finished }
}

test('jobs that are done are recorded by the next statement that is sent anyway', async () => {
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

test('without one, they are recorded together by a statement of their own', async () => {
  const { sent, finished } = collecting(1)
  await Promise.all(['a', 'b', 'c'].map((id) => finished.record('mail', 'one', [id])))
  expect(sent.map(([, , ids]) => ids)).toEqual([['a', 'b', 'c']])
})

test('as many as fit into one statement are not waited with', async () => {
  const { sent, finished } = collecting(never)
  await finished.record(
    'mail',
    'one',
    Array.from({ length: 512 }, (_, index) => String(index)),
  )
  expect(sent).toHaveLength(1)
})

test('jobs whose statement fails are known not to be recorded', async () => {
  const { finished } = collecting(never)
  const recorded = finished.record('mail', 'one', ['a'])
  const away = async () => Promise.reject(new Error('away'))
  const results = await Promise.allSettled([finished.along(away), recorded])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
