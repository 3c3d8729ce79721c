import { expect, test } from 'vitest'
import { eventually, witness, type Given, type QueueFixture } from './fixture.ts'
import type { GivenUpJob } from '../port.ts'
import { Unavailable } from '../../../unavailable.ts'

const remoteOf = ({ remote }: QueueFixture): NonNullable<QueueFixture['remote']> => {
  if (!remote) throw new Error('The fixture has no processes')
  return remote
}

/** Tests of the conformance suite about outages of the store and crashes of processes. */
export const outageTests = (given: Given): void => {
  test('workers recover from an outage, and no added job is lost', async () => {
    const { queue, fixture } = given()
    const { outage } = remoteOf(fixture)
    const { ids, handler } = witness()
    const started = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    await queue.work('q', async (attempt) => {
      await handler(attempt)
      if (attempt.id !== 'running') return
      started.resolve()
      await release.promise
    })
    await queue.add('q', [{ id: 'running', data: 1 }])
    await started.promise
    await outage.begin()
    release.resolve()
    await expect(queue.add('q', [{ id: 'lost', data: 1 }])).rejects.toThrow(Unavailable)
    await expect(queue.add('new', [{ id: 'lost', data: 1 }])).rejects.toThrow(Unavailable)
    await outage.end()
    await expect
      .poll(
        () => queue.add('q', [{ id: 'after', data: 1 }]).then(() => 'added', String),
        eventually,
      )
      .toBe('added')
    await expect.poll(ids, eventually).toContain('after')
    await queue.add('new', [{ id: 'first', data: 1 }])
    expect((await queue.counts('new')).waiting).toBe(1)
    await expect
      .poll(() => queue.counts('q'), eventually)
      .toEqual({ waiting: 0, delayed: 0, active: 0, parked: 0 })
  })

  test('the job of a killed process is run by another', async () => {
    const { fixture } = given()
    const { hang } = remoteOf(fixture)
    const lease = 1_000
    const other = await fixture.open({ lease })
    const { seen, handler } = witness()
    await other.add('q', [{ id: 'orphan', data: 'kept' }])
    const child = await hang('q', lease)
    await other.work('q', handler)
    expect((await other.counts('q')).active).toBe(1)
    await child.kill()
    await expect.poll(() => seen, eventually).toEqual([{ id: 'orphan', data: 'kept', attempt: 2 }])
  })

  test('a job whose process died at its last attempt is reported as given up, and parked', async () => {
    const { fixture } = given()
    const { hang } = remoteOf(fixture)
    const lease = 1_000
    const other = await fixture.open({ lease })
    const { seen, handler } = witness()
    await other.add('q', [{ id: 'deadly', data: 'kept' }])
    const child = await hang('q', lease)
    await child.kill()
    const reports: GivenUpJob[] = []
    await other.work('q', handler, {
      attempts: 1,
      backoff: 10,
      onGivenUp: async (job) => {
        reports.push(job)
        if (reports.length === 1) throw new Error('the report fails')
      },
    })
    await expect
      .poll(() => other.parked(), eventually)
      .toMatchObject([{ id: 'deadly', data: 'kept' }])
    expect(seen).toEqual([])
    const [first] = reports
    expect(reports).toHaveLength(2)
    expect(first).toMatchObject({ id: 'deadly', data: 'kept' })
    expect(first?.error).toMatchObject({ message: 'The process of each attempt died' })
  })
}
