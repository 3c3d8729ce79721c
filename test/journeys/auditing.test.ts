import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../src/platform/engines/postgres/database.ts'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import { ranHere } from '../support/cli.ts'
import { freshIndices, hasElasticsearch, needsElasticsearch } from '../support/elasticsearch.ts'
import { freshMongo, hasMongo, needsMongo } from '../support/mongo.ts'
import { allSettled, root, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'

let parts: AsyncDisposableStack
let agora: AgoraHere
let database: Database
let mongoUrl: string | undefined
let searchUrl: string | undefined
let admin: Person
let ada: Person
let lamp: string

beforeAll(async () => {
  parts = new AsyncDisposableStack()
  if (hasMongo) mongoUrl = parts.use(await freshMongo()).url
  if (hasElasticsearch) searchUrl = parts.adopt(freshIndices(), ({ drop }) => drop()).url
  agora = parts.use(
    await agoraHere({
      AUDIT_EVERY: 'off',
      ...(mongoUrl !== undefined && { MONGO_URL: mongoUrl }),
      ...(searchUrl !== undefined && { ELASTICSEARCH_URL: searchUrl }),
    }),
  )
  database = parts.adopt(openDatabase(agora.postgresUrl, { connections: 1 }), (it) => it.close())
  admin = await agora.shop.admin()
  ada = await agora.shop.register('ada')
  lamp = await agora.shop.sell(10)
  const orders = [await ada.buy({ [lamp]: 2 }), await ada.buy({ [lamp]: 1 }, 'tok_declined')]
  await allSettled(ada, { among: orders })
  await until(
    async () => (await ada.call('GET', `/notifications/user/${ada.id}?limit=1`)).body.data?.total,
    (total) => total >= 4,
  )
})
afterAll(() => parts.disposeAsync())

const audit = (...args: readonly string[]) =>
  ranHere(['audit', ...args], {
    AGORA_DATA: agora.data,
    AGORA_URL: agora.shop.url,
    ADMIN_EMAIL: root.email,
    ADMIN_PASSWORD: root.password,
  })

test('an audit of all read models finds that each is what the log yields, and so are stock, money and counts', async () => {
  const { code, out, stderr } = await audit('--all')
  expect([code, out], stderr).toEqual([0, expect.stringMatching(/^inventory +postgres +1 +1 +0 /m)])
  expect(out).toContain('inventory: reserved pieces as in the log: reserved 0')
  expect(out).toMatch(/payments: money by currency as in the log: paid EUR [1-9][\d,]*\./)
  expect(stderr).toMatch(/Auditing \d\d read models {2}█+ {2}100 %/)
  const { body } = await admin.call('GET', '/admin/audits')
  for (const { name, state, findings } of body.data.audits)
    expect([name, state, findings.looked - findings.same, findings.inconclusive]).toEqual([
      name,
      'audited',
      0,
      0,
    ])
})

test('a document that was falsified in PostgreSQL is found, logged once, and mended by a rebuild', async () => {
  await database.query({
    text: `UPDATE read.inventory_g1 SET doc = jsonb_set(doc, '{reserved}', '3') WHERE key = $1`,
    values: [lamp],
  })
  const { code, out, stderr } = await audit('inventory')
  expect(code).toBe(1)
  expect(stderr).toContain('Documents differ from the log in inventory.')
  expect(out).toContain(`inventory  ${lamp}  different  reserved`)
  expect(out).toContain('"agora rebuild inventory"')
  await audit('inventory')
  const logged = agora.written.filter((line) => line.includes('"projection":"inventory"'))
  expect(logged).toHaveLength(1)
  expect(logged[0]).toContain(lamp)
  const metrics = await admin.call('GET', '//metrics')
  expect(metrics.text).toContain('agora_audit_differences{projection="inventory"} 1')

  await admin.call('POST', '/admin/projections/inventory/rebuild', {})
  await expect
    .poll(async () => (await audit('inventory', '--json')).code, { timeout: 30_000 })
    .toBe(0)
  expect((await admin.call('GET', '//metrics')).text).toContain(
    'agora_audit_differences{projection="inventory"} 0',
  )
})

describe.skipIf(!hasMongo)(`in MongoDB${needsMongo}`, () => {
  test('a falsified document is found, and one that was deleted', async () => {
    const client = new MongoClient(mongoUrl!)
    try {
      const notifications = client.db().collection<{ _id: string }>('notifications_g1')
      const [one, other] = await notifications
        .find({ _id: { $type: 'string' }, doc: { $exists: true } })
        .limit(2)
        .toArray()
      await notifications.updateOne({ _id: one!._id }, { $set: { 'doc.read': 'falsified' } })
      await notifications.deleteOne({ _id: other!._id })
      const { code, out } = await audit('notifications')
      expect(code).toBe(1)
      expect(out).toMatch(new RegExp(`notifications {2}${one!._id} {2}different {2}\\S`))
      expect(out).toContain(`notifications  ${other!._id}  missing`)
    } finally {
      await client.close()
    }
  })
})

describe.skipIf(!hasElasticsearch)(`in Elasticsearch${needsElasticsearch}`, () => {
  test('a falsified document is found', async () => {
    const url = new URL(searchUrl!)
    const index = `${url.searchParams.get('prefix')}search_products_g1`
    const found = (await (await fetch(new URL(`/${index}/_search`, url.origin))).json()) as {
      hits: { hits: [{ _id: string; _source: { key: string; doc: object } }] }
    }
    const [{ _id: id, _source: source }] = found.hits.hits
    const falsified = { ...source, doc: { ...source.doc, name: 'Falsified' } }
    const answer = await fetch(new URL(`/${index}/_doc/${id}?refresh=true`, url.origin), {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(falsified),
    })
    expect(answer.status).toBe(200)
    const { code, out } = await audit('search_products')
    expect(code).toBe(1)
    expect(out).toContain(`search_products  ${source.key}  different  name`)
  })
})

test('an unknown read model is refused, and nobody but an admin may request or read audits', async () => {
  expect(await audit('nonsense')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no read model nonsense; the read models are: acc'),
  })
  expect((await admin.call('POST', '/admin/audits', { names: ['no_such'] })).status).toBe(404)
  const bad = await admin.call('POST', '/admin/audits', { names: ['No such'] })
  expect([bad.status, bad.text]).toEqual([400, expect.stringContaining('names')])
  for (const method of ['GET', 'POST'] as const) {
    const body = method === 'POST' ? {} : undefined
    expect((await ada.call(method, '/admin/audits', body)).status).toBe(403)
    expect((await agora.shop.anyone(method, '/admin/audits', body)).status).toBe(401)
  }
})
