import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asId } from '#kernel'
import { httpWorld, type HttpWorld, type Reply } from '../../../../test/support/http.ts'
import { UserId } from '../../shared/index.ts'
import { erase } from '../erase.ts'

type Someone = Awaited<ReturnType<HttpWorld['someone']>>
let world: HttpWorld
let [ada, bob, ann]: Someone[] = []
beforeAll(async () => {
  world = await httpWorld({ contexts: ['analytics', 'profiles'] })
  ada = await world.someone('ada')
  bob = await world.someone('bob')
  ann = await world.someone('ann', 'analyst')
})
afterAll(() => world[Symbol.asyncDispose]())

const track = (who: Someone, body: object) => who.call('POST', '/analytics/event', body)
const view = { eventType: 'product_view' }
const fieldsOf = ({ status, body }: Reply): unknown => [
  status,
  body.errors?.map(({ field }: { field: string }) => field),
]
const ofUser = async (who: Someone, { id }: Someone) =>
  (await who.call('GET', `/analytics/user/${id}?minPosition=${await world.log.head()}`)).body.data
const metricOf = async (query: string) => {
  const path = `/analytics/metrics?minPosition=${await world.log.head()}&${query}`
  return (await ann!.call('GET', path)).body.data.series
}

describe('what users do', () => {
  test('is reported one by one or together, as one event, and counted', async () => {
    const one = await track(ada!, { ...view, metadata: { productId: randomUUID(), note: 'Red' } })
    expect([one.status, one.body.data.accepted]).toEqual([202, 1])
    const before = await world.log.head()
    const timestamp = new Date(Date.now() - 60_000).toISOString()
    const events = [
      { eventType: 'search', metadata: { q: 'lamps', results: 0 }, timestamp },
      { eventType: 'search', metadata: { q: 'a lamp', results: 3 } },
      { eventType: 'add_to_cart' },
    ]
    const three = await track(ada!, { events, userId: ada!.id })
    expect([three.status, three.body.data.accepted]).toEqual([202, 3])
    expect(await world.log.head()).toBe(before + 1n)

    const own = await ofUser(ada!, ada!)
    expect(own.events).toEqual({
      total: 4,
      byType: { add_to_cart: 1, product_view: 1, search: 2 },
    })
    expect(own.latest).toHaveLength(4)
    expect(own.latest).toContainEqual({
      eventType: 'search',
      timestamp,
      metadata: { q: 'lamps', results: 0 },
    })
    const found = await metricOf('name=searches&groupBy=found&bucket=month')
    expect(
      found.map(({ group, count }: { group: string; count: number }) => [group, count]),
    ).toEqual([
      ['no', 1],
      ['yes', 1],
    ])
  })

  test('has names of the client, which only the user reads unless Agora declares them', async () => {
    const dan = await world.someone('dan')
    await track(dan, { events: [{ eventType: 'ClinicVisited' }, { eventType: 'gigView' }] })
    const [owner, analyst] = [await ofUser(dan, dan), await ofUser(ann!, dan)]
    expect(owner.events.byType).toEqual({ gig_view: 1, other: 1 })
    expect(owner.latest.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      'ClinicVisited',
      'gigView',
    ])
    expect(JSON.stringify(analyst)).not.toMatch(/Clinic/)
    const logged = await ann!.call('GET', '/analytics/events?type=ActivityTracked&limit=1000')
    expect(logged.text).not.toMatch(/Clinic/)
    const groups = await metricOf('name=activity&groupBy=eventType&bucket=month')
    expect(groups.map(({ group }: { group: string }) => group).toSorted()).toEqual([
      'basket',
      'other',
      'search',
      'view',
    ])
  })

  test('is recorded once for a repeated request', async () => {
    const keyed = { 'idempotency-key': randomUUID() }
    const [first, second] = [
      await bob!.call('POST', '/analytics/event', view, keyed),
      await bob!.call('POST', '/analytics/event', view, keyed),
    ]
    expect(second.body.data).toEqual(first.body.data)
    expect((await ofUser(bob!, bob!)).events.total).toBe(1)
  })

  test('is not recorded of a user who objects, and again once they agree', async () => {
    const eve = await world.someone('eve')
    const objects = (analytics: boolean) => eve.call('PUT', '/users/me/preferences', { analytics })
    const changed = await objects(false)
    expect(changed.status, changed.text).toBe(200)
    const before = await world.log.head()
    const refused = await track(eve, view)
    expect([refused.status, refused.body.data]).toEqual([202, { accepted: 0 }])
    expect(await world.log.head()).toBe(before)
    await objects(true)
    expect((await track(eve, view)).body.data.accepted).toBe(1)
  })

  test('is shown to the user and to analysts, who do not see metadata, and to nobody else', async () => {
    const [owner, analyst] = [await ofUser(ada!, ada!), await ofUser(ann!, ada!)]
    expect(analyst.events).toEqual(owner.events)
    expect(JSON.stringify(analyst)).not.toMatch(/lamps|metadata/)
    expect((await bob!.call('GET', `/analytics/user/${ada!.id}`)).status).toBe(403)
    expect((await world.anyone('GET', `/analytics/user/${ada!.id}`)).status).toBe(401)
  })

  test.each<[string, object, unknown]>([
    ['without a name', {}, [400, ['eventType']]],
    ['with a name of two words', { eventType: 'two words' }, [400, ['eventType']]],
    ['with metadata that are a text', { ...view, metadata: 'x' }, [400, ['metadata']]],
    ['with long metadata', { ...view, metadata: { a: 'x'.repeat(4_100) } }, [400, ['metadata']]],
    ['with a name for a query', { ...view, metadata: { $where: 1 } }, [400, ['metadata']]],
    ['with a path as a name', { ...view, metadata: { a: { 'b.c': 1 } } }, [400, ['metadata']]],
    ['with deep metadata', { ...view, metadata: { a: [[[[[]]]]] } }, [400, ['metadata']]],
    ['with U+0000', { ...view, metadata: { a: 'x\u0000' } }, [400, ['metadata']]],
    ['with half a character', { ...view, metadata: { a: '\ud800' } }, [400, ['metadata']]],
    ['from 1970', { ...view, timestamp: '1970-01-01T00:00:00Z' }, [400, ['timestamp']]],
    ['from 2100', { ...view, timestamp: '2100-01-01T00:00:00Z' }, [400, ['timestamp']]],
    ['from no time', { ...view, timestamp: 'yesterday' }, [400, ['timestamp']]],
    [
      'from 1970 in a batch',
      { events: [view, { ...view, timestamp: '1970-01-01T00:00:00Z' }] },
      [400, ['events[1].timestamp']],
    ],
    ['beside a batch', { ...view, events: [view] }, [400, ['events']]],
    ['in an empty batch', { events: [] }, [400, ['events']]],
    ['in a batch of 101', { events: Array.from({ length: 101 }, () => view) }, [400, ['events']]],
    [
      'of another user in a batch',
      { events: [{ ...view, userId: randomUUID() }] },
      [400, ['events[0].userId']],
    ],
    ['of another user', { ...view, userId: randomUUID() }, [403, undefined]],
  ])('is not recorded %s', async (_, body, expected) => {
    const before = await world.log.head()
    expect(fieldsOf(await track(ada!, body))).toEqual(expected)
    expect(await world.log.head()).toBe(before)
  })

  test('is not recorded with a body of 1 MiB, nor without a token', async () => {
    const huge = { ...view, metadata: { a: 'x'.repeat(1_048_576) } }
    expect((await track(ada!, huge)).status).toBe(413)
    expect((await world.anyone('POST', '/analytics/event', view)).status).toBe(401)
  })

  test('is erased with its user; what was counted stays', async () => {
    const gil = await world.someone('gil')
    for (const note of ['one', 'two'])
      await track(gil, { events: [{ ...view, metadata: { note } }, view] })
    const counts = await metricOf('name=activity&groupBy=eventType&bucket=month')
    const commandId = randomUUID()
    const erasing = {
      userId: asId(UserId, gil.id),
      hastened: true,
      origin: { commandId, actorId: 'test', correlationId: commandId },
    }
    const ports = { ...world.deps, readModels: world.readModels }
    expect(await erase(erasing, ports)).toEqual({ awaited: 0, counts: { activities: 4 } })
    expect(await erase(erasing, ports)).toEqual({ awaited: 0, counts: { activities: 0 } })
    expect((await ofUser(ann!, gil)).events.total).toBe(0)
    expect(await metricOf('name=activity&groupBy=eventType&bucket=month')).toEqual(counts)
  })
})
