import { expect, test } from 'vitest'
import { eventually, numbered, witness, type Given } from './fixture.ts'
import type { Job } from '../port.ts'

/** Tests of the conformance suite about adding jobs. */
export const addingTests = (given: Given): void => {
  test('a job is run with its data, which is any JSON value', async () => {
    const { queue } = given()
    const { seen, handler } = witness()
    const data = [null, 0, false, '', [], { a: [{ b: null }] }, 'Grüße 👋', '\u0000', '"\\\n']
    await queue.work('q', handler)
    await queue.add(
      'q',
      data.map((value, index) => ({ id: `data-${index}`, data: value })),
    )
    await expect.poll(() => seen.length, eventually).toBe(data.length)
    const byId = new Map(seen.map((attempt) => [attempt.id, attempt]))
    data.forEach((value, index) =>
      expect(byId.get(`data-${index}`)).toEqual({
        id: `data-${index}`,
        data: value,
        attempt: 1,
      }),
    )
  })

  test('an id is any text', async () => {
    const { queue } = given()
    const { ids, handler } = witness()
    const odd = ['7', 'a:b:c', ':', '%3A', 'with space', 'ü/👋', `'; --`, 'x'.repeat(400)]
    await queue.add(
      'a:queue/with spaces',
      odd.map((id) => ({ id, data: null })),
    )
    await queue.work('a:queue/with spaces', handler)
    await expect.poll(() => ids().toSorted(), eventually).toEqual(odd.toSorted())
  })

  test('a job that cannot be stored is refused, and does not fail concurrent ones', async () => {
    const { queue } = given()
    const { ids, handler } = witness()
    const refused: readonly [string, Job][] = [
      ['', { id: 'a', data: 1 }],
      ['q\0', { id: 'a', data: 1 }],
      ['q', { id: '', data: 1 }],
      ['q', { id: 'a\0', data: 1 }],
      ['q', { id: 'x'.repeat(401), data: 1 }],
      ['q', { id: 'a', data: 1n }],
      ['q', { id: 'a', data: 1, runAt: Number.NaN }],
      ['q', { id: 'a', data: 1, runAt: 1e300 }],
    ]
    const answers = await Promise.allSettled([
      queue.add('q', [{ id: 'good', data: 1 }]),
      ...refused.map(([q, job]) => queue.add(q, [{ id: 'with-it', data: 1 }, job])),
    ])
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      ...refused.map(() => 'rejected'),
    ])
    for (const answer of answers.slice(1))
      expect(answer).toMatchObject({ reason: expect.any(TypeError) })
    await queue.work('q', handler)
    await expect.poll(ids, eventually).toEqual(['good'])
  })

  test('a queued id is not queued again, by any process', async () => {
    const { queue, fixture } = given()
    const { ids, handler } = witness()
    const other = await fixture.open()
    const jobs = numbered(50)
    await queue.add('q', [...jobs, ...jobs])
    await Promise.all([
      queue.add('q', jobs.toReversed()),
      other.add('q', jobs),
      ...jobs.map((job) => other.add('q', [job])),
    ])
    expect((await queue.counts('q')).waiting).toBe(50)
    await queue.work('q', handler)
    await expect.poll(() => ids().length, eventually).toBe(50)
    expect(new Set(ids()).size).toBe(50)
  })

  test('the id of a done job is not queued again', async () => {
    const { queue } = given()
    const { ids, handler } = witness()
    await queue.work('q', handler, { concurrency: 1 })
    await queue.add('q', [{ id: 'once', data: 1 }])
    await expect
      .poll(() => queue.counts('q'), eventually)
      .toEqual({ waiting: 0, delayed: 0, active: 0, parked: 0 })
    expect(ids()).toEqual(['once'])
    await queue.add('q', [
      { id: 'once', data: 2 },
      { id: 'after', data: 1 },
    ])
    await expect.poll(ids, eventually).toEqual(['once', 'after'])
  })

  test('the same id in two queues is two jobs', async () => {
    const { queue } = given()
    const [one, two] = [witness(), witness()]
    await queue.add('one', [{ id: 'same', data: 1 }])
    await queue.add('two', [{ id: 'same', data: 2 }])
    await queue.work('one', one.handler)
    await queue.work('two', two.handler)
    await expect
      .poll(() => [...one.seen, ...two.seen].map(({ data }) => data), eventually)
      .toEqual([1, 2])
  })
}
