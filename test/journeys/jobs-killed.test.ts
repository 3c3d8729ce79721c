import { expect, test } from 'vitest'
import { shortLease, startAgora, temporaryData } from '../support/agora.ts'
import { callAt } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

type Run = { readonly state: string; readonly dueAt: string }

test('kill -9 of the process that fires jobs: another one fires every job that is due, none of them twice', async () => {
  await using database = await startedDatabase()
  await using data = await temporaryData()
  const env = { POSTGRES_URL: database.url, ...shortLease }
  // The first one holds the lease of the scheduler.
  await using firing = await startAgora(data.path, env)
  await using other = await startAgora(data.path, env)
  const call = callAt(other.url, (await other.shop.admin()).token)
  const schedule = async (more: object): Promise<string> => {
    const reply = await call('POST', '/jobs', { type: 'session-cleanup', ...more })
    expect(reply.status, JSON.stringify(reply.body)).toBe(201)
    return reply.body.data.id
  }
  const runsOf = async (id: string): Promise<readonly Run[]> =>
    (await call('GET', `/jobs/${id}`)).body.data.runs
  const completed = async (id: string) =>
    (await runsOf(id)).filter(({ state }) => state === 'COMPLETED').length

  const periodic = await Promise.all(
    ['skip', 'queue', 'allow'].map((overlap) => schedule({ everyMs: 1_000, overlap })),
  )
  const now = Date.now()
  // Due before, at and after the kill.
  const once = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      schedule({ runAt: new Date(now + n * 100).toISOString() }),
    ),
  )
  await until(
    () => completed(periodic[0]!),
    (count) => count >= 1,
    { every: 100 },
  )
  await firing.kill()
  const before = await Promise.all(periodic.map(completed))
  for (const [index, id] of periodic.entries())
    await until(
      () => completed(id),
      (count) => count > before[index]! + 1,
      { every: 100 },
    )
  for (const id of once)
    expect(
      await until(
        () => runsOf(id),
        (runs) => runs.some(({ state }) => state === 'COMPLETED'),
      ),
    ).toHaveLength(1)
  for (const id of periodic) {
    const times = (await runsOf(id)).map(({ dueAt }) => dueAt)
    expect(times).toEqual([...new Set(times)])
  }
  const fired = await database.database.query<{ stream: string; runs: number; times: number }>({
    text: `SELECT stream, count(*)::int AS runs, count(DISTINCT data->>'dueAt')::int AS times
      FROM agora.events WHERE type = 'WorkflowTriggered' GROUP BY stream`,
  })
  expect(fired).toHaveLength(periodic.length + once.length)
  expect(fired.filter(({ runs, times }) => runs !== times)).toEqual([])
})
