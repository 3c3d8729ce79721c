import { QueryObserver } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { queryClient } from './queries.ts'

/** A query that is shown, and whose reads are answered by the test. */
const shown = () => {
  const queries = queryClient()
  const reads: ((answer: string) => void)[] = []
  const queryKey = ['order']
  const observer = new QueryObserver(queries, {
    queryKey,
    queryFn: () => new Promise<string>((resolve) => void reads.push(resolve)),
  })
  const end = observer.subscribe(() => undefined)
  return { queries, queryKey, reads, end, data: () => queries.getQueryData<string>(queryKey) }
}

test('what is invalidated during its first read is read again', async () => {
  const { queries, queryKey, reads, end, data } = shown()
  expect(reads).toHaveLength(1)
  const done = queries.invalidateQueries({ queryKey })
  reads[0]?.('from before')
  await expect.poll(() => reads.length).toBe(2)
  reads[1]?.('from after')
  await done
  expect([data(), reads.length]).toEqual(['from after', 2])
  end()
})

test('what is invalidated later is read once', async () => {
  const { queries, queryKey, reads, end, data } = shown()
  reads[0]?.('from before')
  await expect.poll(data).toBe('from before')
  const done = queries.invalidateQueries({ queryKey })
  expect(reads).toHaveLength(2)
  reads[1]?.('from after')
  await done
  expect([data(), reads.length]).toEqual(['from after', 2])
  end()
})
