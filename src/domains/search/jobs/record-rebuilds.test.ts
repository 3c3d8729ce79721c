import { expect, test } from 'vitest'
import { httpWorld, noOperations } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import type { ProjectionStatus } from '../../../runtime/operations.ts'
import { recordRebuilds } from './record-rebuilds.ts'

const live: ProjectionStatus = {
  name: 'search_products',
  version: 2,
  generation: 4,
  store: 'postgres',
  status: 'building',
  position: 9n,
  head: 9n,
  lagEvents: 0,
  lagSeconds: 0,
  within: 1_000,
  parked: 0,
}

test('a rebuild is recorded once, after the switch, with the admin who requested it and what has changed', async () => {
  let status = live
  const projections = async () => [status]
  await using world = await httpWorld({
    operations: { ...noOperations, projections, rebuild: async () => 'begun' },
  })
  const ports = jobPorts(world)
  const rebuilt = async () =>
    (await world.log.readAll({ limit: 1_000 })).events.filter(
      ({ type }) => type === 'SearchIndexRebuilt',
    )
  const root = await world.someone('root', 'admin')
  const other = await world.someone('other', 'admin')
  const rebuild = { type: 'products' }
  for (const { call } of [root, other])
    expect((await call('POST', '/search/index/rebuild', rebuild)).status).toBe(202)
  expect(await recordRebuilds.run(ports)).toBe(undefined)
  expect(await rebuilt()).toEqual([])

  const comparison = { same: 5, different: 1, onlyOld: 3, onlyNew: 2 }
  status = { ...live, status: 'live', generation: 5, comparison }
  expect(await recordRebuilds.run(ports)).toBe(undefined)
  expect(await (await recordRebuilds.run(ports))?.dueIn()).toBe(Infinity)
  expect(await rebuilt()).toMatchObject([
    {
      data: {
        type: 'products',
        requestedBy: root.id,
        generation: 5,
        version: 2,
        documents: 8,
        comparison,
      },
    },
  ])

  // One whose index was lost has nothing to be compared with.
  await other.call('POST', '/search/index/rebuild', rebuild)
  status = { ...live, status: 'live', generation: 6 }
  await recordRebuilds.run(ports)
  const [, last] = await rebuilt()
  expect(last?.data).toEqual({
    type: 'products',
    requestedBy: other.id,
    generation: 6,
    version: 2,
  })
})

test('a rebuild by somebody who is no admin is neither requested nor recorded', async () => {
  await using world = await httpWorld()
  const { call } = await world.someone('ada')
  const { status } = await call('POST', '/search/index/rebuild', { type: 'products' })
  expect(status).toBe(403)
  const { events } = await world.log.readAll({ limit: 1_000 })
  expect(events.filter(({ type }) => type.startsWith('SearchIndex'))).toEqual([])
})
