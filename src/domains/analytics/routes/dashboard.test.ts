import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type HttpWorld, type Reply } from '../../../../test/support/http.ts'
import { memoryCache } from '../../../platform/storage/cache/memory.ts'

let world: HttpWorld
let [ann, ada]: Awaited<ReturnType<HttpWorld['someone']>>[] = []
/** Time of the cache, in ms. */
let cacheTime = 0
beforeAll(async () => {
  const cache = memoryCache({ clock: () => cacheTime })
  world = await httpWorld({ contexts: ['analytics'], cache })
  ann = await world.someone('ann', 'analyst')
  ada = await world.someone('ada')
})
afterAll(() => world[Symbol.asyncDispose]())

const fieldsOf = ({ status, body }: Reply): unknown => [
  status,
  body.errors?.map(({ field }: { field: string }) => field),
]

test.each([
  ['dashboard?timeZone=Europe/Atlantis', 'timeZone'],
  ['dashboard?timeZone=__proto__', 'timeZone'],
  ['dashboard?from=2030-02-01&to=2030-01-01', 'to'],
  ['dashboard?from=2030-01-01T00:00:00Z&to=2030-01-01T00:00:00Z', 'to'],
  ['dashboard?from=2100-01-01', 'from'],
  ['dashboard?from=2030-02-30', 'from'],
  ['dashboard?to=soon', 'to'],
  ['dashboard?from=2020-01-01&to=2022-01-01', 'to'],
  ['metrics', 'name'],
  ['metrics?name=profit', 'name'],
  ['metrics?name=constructor', 'name'],
  ['metrics?name=sales&groupBy=color', 'groupBy'],
  ['metrics?name=posts&groupBy=kind', 'groupBy'],
  ['metrics?name=sales&bucket=year', 'bucket'],
  ['metrics?name=sales&timeZone=Mars', 'timeZone'],
  ['metrics?name=sales&from=2030-02-01&to=2030-01-01', 'to'],
])('%s is a bad request that names the field', async (path, field) =>
  expect(fieldsOf(await ann!.call('GET', `/analytics/${path}`))).toEqual([400, [field]]),
)

test('figures are for analysts only', async () => {
  for (const path of ['dashboard', 'metrics?name=sales', 'reports', 'thresholds']) {
    expect((await ada!.call('GET', `/analytics/${path}`)).status).toBe(403)
    expect((await world.anyone('GET', `/analytics/${path}`)).status).toBe(401)
    expect((await ann!.call('GET', `/analytics/${path}`)).status).toBe(200)
  }
})

test('an answer comes from the cache for two seconds, unless the request names a position', async () => {
  const registrations = async (query = '') => {
    const path = `/analytics/metrics?name=registrations&bucket=month${query}`
    const { body } = await ann!.call('GET', path)
    return body.data.series[0]?.count
  }
  await world.readModels.fold()
  cacheTime += 10_000
  const before = await registrations()
  await world.someone('bob')
  await world.readModels.fold()
  expect(await registrations()).toBe(before)
  expect(await registrations(`&minPosition=${await world.log.head()}`)).toBe(before + 1)
  await world.someone('cid')
  await world.readModels.fold()
  cacheTime += 2_001
  expect(await registrations()).toBe(before + 2)
})

test('days are those of the time zone, both named ones included', async () => {
  const path = '/analytics/dashboard?from=2030-03-31&to=2030-03-31&timeZone=Europe/Berlin'
  const { body } = await ann!.call('GET', path)
  expect(body.data).toMatchObject({
    from: '2030-03-30T23:00:00.000Z',
    to: '2030-03-31T22:00:00.000Z',
    timeZone: 'Europe/Berlin',
    sales: [],
    funnel: { view: 0, basket: 0, order: 0, paid: 0 },
  })
})
