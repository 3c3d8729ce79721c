import { expect, test } from 'vitest'
import { httpWorld, noOperations } from '../../../test/support/http.ts'
import type { ProjectionStatus } from '../../runtime/operations.ts'

const report = {
  same: 1,
  different: 1,
  onlyOld: 0,
  onlyNew: 0,
  at: '2030-01-01T00:00:00.000Z',
  position: '7',
  counted: 1,
  fields: [
    {
      path: 'total',
      documents: 1,
      ignored: false,
      samples: [{ key: 'a', old: 1, newEvent: { position: '3', type: 'OrderPlaced', id: 'e' } }],
    },
  ],
  furtherFields: 0,
  onlyOldKeys: [],
  onlyNewKeys: [],
}
const status: ProjectionStatus = {
  name: 'orders',
  version: 1,
  generation: 2,
  store: 'postgres',
  status: 'live',
  position: 7n,
  head: 7n,
  lagEvents: 0,
  lagSeconds: 0,
  within: 1_000,
  parked: 0,
  rebuild: {
    progress: 7,
    total: 7,
    generation: 3,
    gate: { maxDifferences: 0, ignoredFields: ['note'] },
    state: 'waiting',
    report,
  },
  report: { ...report, fields: [] },
}

test('admins begin rebuilds with a gate, see what was found, and decide; nobody else', async () => {
  const asked: unknown[] = []
  let begun: 'begun' | 'building' = 'begun'
  let steered: 'accepted' | 'none' = 'accepted'
  await using world = await httpWorld({
    operations: {
      ...noOperations,
      projections: async () => [status],
      rebuild: async (name) => {
        asked.push(name)
        return begun
      },
      rebuildWithGate: async (name, gate) => {
        if (name !== 'orders') return undefined
        asked.push(gate)
        return begun
      },
      steerRebuild: async (name, verb) => {
        if (name !== 'orders') return undefined
        asked.push(verb)
        return steered
      },
    },
  })
  const { call } = await world.someone('root', 'admin')
  const path = '/admin/projections/orders/rebuild'
  const [projection] = (await call('GET', '/admin/projections')).body.data.projections
  expect([projection.rebuild, projection.report]).toStrictEqual([status.rebuild, status.report])

  for (const body of [undefined, {}, { shadow: true }, { allowDiff: 2 }, { ignoreFields: ['a.b'] }])
    expect((await call('POST', path, body)).status).toBe(202)
  expect(asked.splice(0)).toStrictEqual([
    'orders',
    'orders',
    { ignoredFields: [] },
    { maxDifferences: 2, ignoredFields: [] },
    { ignoredFields: ['a.b'] },
  ])
  const verbs = [
    ['POST', `${path}/switch`],
    ['POST', `${path}/compare`],
    ['DELETE', path],
  ] as const
  for (const [method, url] of verbs) {
    const reply = await call(method, url)
    expect(reply.status).toBe(202)
    expect(reply.body.data).toStrictEqual({ name: 'orders', accepted: true })
    expect((await call(method, url.replace('orders', 'none'))).status).toBe(404)
  }
  expect(asked.splice(0)).toStrictEqual(['switch', 'compare', 'discard'])
  expect((await call('POST', path.replace('orders', 'none'), { shadow: true })).status).toBe(404)

  begun = 'building'
  steered = 'none'
  const refused = [
    await call('POST', path),
    await call('POST', path, { shadow: true }),
    ...(await Promise.all(verbs.map(([method, url]) => call(method, url)))),
  ]
  expect(refused.map((reply) => [reply.status, reply.body.code])).toStrictEqual([
    [409, 'rebuild_under_way'],
    [409, 'rebuild_under_way'],
    [409, 'no_rebuild'],
    [409, 'no_rebuild'],
    [409, 'no_rebuild'],
  ])

  asked.splice(0)
  for (const [body, field] of [
    [{ allowDiff: -1 }, 'allowDiff'],
    [{ allowDiff: 0.5 }, 'allowDiff'],
    [{ shadow: false }, 'shadow'],
    [{ ignoreFields: ['a..b'] }, 'ignoreFields'],
    [{ gate: true }, 'gate'],
  ] as const) {
    const reply = await call('POST', path, body)
    expect([reply.status, JSON.stringify(reply.body)]).toStrictEqual([
      400,
      expect.stringContaining(field),
    ])
  }
  for (const role of ['analyst', 'seller'] as const) {
    const other = await world.someone(role, role)
    for (const [method, url] of [['POST', path] as const, ...verbs])
      expect((await other.call(method, url)).status).toBe(403)
  }
  expect(asked).toStrictEqual([])
})
