import {
  EventStoreDBClient,
  eventTypeFilter,
  persistentSubscriptionToAllSettingsFromDefaults,
  START,
} from '@eventstore/db-client'
import { startEndpoint } from '../../../src/platform/external/webhooks/testing/endpoint.ts'
import type { AgoraProcess } from '../agora.ts'
import { successOf } from '../shop.ts'
import { until } from '../until.ts'
import type { Cast, StoryPart } from './cast.ts'

/** What an Agora needs for this part: an endpoint of webhooks on this machine, groups of consumers, and digests of the log at once. */
export const operatedEnv = {
  WEBHOOK_PRIVATE_HOSTS: '127.0.0.1',
  AGORA_ESDB_PORT: '0',
  LOG_DIGEST_EVERY: '1s',
} as const

/** A group of consumers, the only one of the story. */
const group = { source: '$all', name: 'letters' }

/** Has a consumer park an event. */
const parkOne = async ({ output }: AgoraProcess): Promise<void> => {
  const line = /esdb:\/\/127\.0\.0\.1:(\d+)/
  const port = line.exec(await until(output, (text) => line.test(text)))?.[1]
  const client = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?tls=false`)
  try {
    const settings = persistentSubscriptionToAllSettingsFromDefaults({ startFrom: START })
    const filter = eventTypeFilter({ prefixes: ['UserRegistered'] })
    await client.createPersistentSubscriptionToAll(group.name, settings, { filter })
    const subscription = client.subscribeToPersistentSubscriptionToAll(group.name)
    // The end of the client ends it.
    subscription.on('error', () => undefined)
    let answered = 0
    subscription.on('data', (resolved) => {
      answered += 1
      const answer =
        answered === 1 ? subscription.nack('park', '', resolved) : subscription.ack(resolved)
      answer.catch(() => undefined)
    })
    await until(
      async () => (await client.getPersistentSubscriptionToAllInfo(group.name)).stats,
      ({ parkedMessageCount }) => answered > 1 && parkedMessageCount === 1n,
    )
    await subscription.unsubscribe()
  } finally {
    await client.dispose()
  }
}

/** Has an admin connect other systems, send a promotion, and schedule work; and users set what they are notified of. */
export const tellOperations = async (
  agora: AgoraProcess,
  { root, ada, ben }: Cast,
): Promise<StoryPart> => {
  const data = async (path: string) => successOf(await root.call('GET', path), 200).body.data
  const made = async (path: string, body: object, status = 201): Promise<string> =>
    successOf(await root.call('POST', path, body), status).body.data.id

  const wishes = {
    locale: 'de',
    marketing: true,
    kinds: { gig_delivered: { email: false } },
    quietHours: { from: '22:00', to: '06:30' },
  }
  successOf(await ada.call('PUT', '/users/me/preferences', wishes), 200)
  await until(
    async () => (await ada.call('GET', '/users/me/preferences')).body.data.marketing,
    (agreed) => agreed === true,
  )
  const words = { channel: 'in_app', subject: 'Lamps', text: 'At half price.' }
  const promotion = await until(
    () => root.call('POST', '/notifications/promotions', { segment: {}, ...words }),
    ({ status, body }) => status === 202 && body.data.recipients === 1,
  )
  const promoted = `/notifications/promotions/${promotion.body.data.id}`
  await until(
    () => data(promoted),
    ({ status }) => status === 'FINISHED',
  )
  await made('/notifications', { userId: ben.id, ...words }, 202)
  const { notifications } = await until(
    async () => (await ben.call('GET', `/notifications/user/${ben.id}`)).body.data,
    ({ total }) => total > 0,
  )
  successOf(await ben.call('POST', `/notifications/${notifications[0].id}/read`), 200)
  const phone = { kind: 'phone', number: '+4915112345678' }
  successOf(await ben.call('POST', '/notifications/devices', phone), 201)

  await using endpoint = await startEndpoint()
  const hook = await made('/admin/webhooks', {
    url: endpoint.url,
    events: ['agora.catalog.ProductCreated.v1'],
    description: 'The till',
  })
  const bowl = await agora.shop.sell(3, 900, 'Bowl')
  await until(
    () => data(`/admin/webhooks/${hook}/deliveries`),
    ({ deliveries }) => deliveries[0]?.state === 'DELIVERED',
  )
  successOf(await root.call('POST', `/admin/webhooks/${hook}/pause`), 200)
  successOf(await root.call('POST', `/admin/webhooks/${hook}/rotate-secret`), 200)
  const dearer = { name: 'Bowl', category: 'light', price: { amount: 1_000, currency: 'EUR' } }
  successOf(await root.call('PUT', `/products/${bowl}`, dearer), 200)
  successOf(await root.call('DELETE', `/products/${bowl}`), 200)

  const rights = { name: 'till', roles: ['seller'], operations: ['listOrders'] }
  const account = successOf(await root.call('POST', '/admin/service-accounts', rights), 201)
  const { id: till } = account.body.data
  const rotated = await root.call('POST', `/admin/service-accounts/${till}/rotate-secret`, {
    overlapHours: 0,
  })
  const { secret } = successOf(rotated, 200).body.data
  const other = await made('/admin/service-accounts', { ...rights, name: 'scales' })
  successOf(await root.call('DELETE', `/admin/service-accounts/${other}`), 200)

  const everlasting = await made('/jobs', {
    type: 'session-cleanup',
    runAt: '9999-12-31T00:00:00.000Z',
  })
  const done = await made('/jobs', {
    type: 'session-cleanup',
    runAt: '2020-01-01T00:00:00.000Z',
  })
  await until(
    () => data(`/jobs/${done}`),
    ({ status }) => status === 'DONE',
  )
  const paused = await made('/jobs', {
    type: 'order-expiry',
    cron: '0 3 * * *',
    payload: { unpaidForMinutes: 60 },
  })
  successOf(await root.call('POST', `/jobs/${paused}/pause`), 200)

  const cancelled = await made('/jobs', { type: 'session-cleanup', everyMs: 3_600_000 })
  successOf(await root.call('DELETE', `/jobs/${cancelled}`), 200)

  const looked = { eventType: 'product_view', metadata: { page: 'lamp' } }
  successOf(await ada.call('POST', '/analytics/event', looked), 202)
  await made('/analytics/thresholds', {
    metric: 'orders_placed',
    when: 'above',
    value: 1_000_000,
    bucket: 'day',
  })
  const report = await made('/analytics/reports', { kind: 'orders', format: 'csv' }, 202)
  await until(
    () => data(`/analytics/reports/${report}`),
    ({ status }) => status === 'COMPLETED',
  )
  const replay = await made('/analytics/replays', { until: '3' })
  successOf(await root.call('DELETE', `/analytics/replays/${replay}`), 200)
  successOf(await root.call('POST', '/search/index/rebuild', { type: 'users' }), 202)
  successOf(await root.call('POST', '/admin/audits', { names: ['orders'] }), 202)
  await parkOne(agora)
  await until(
    () => data('/observability/log-digests'),
    ({ latest }) => latest !== undefined,
  )

  // The parked event of the fixture has raised it.
  const { alerts } = await until(
    () => data('/observability/alerts'),
    ({ total }) => total > 0,
  )
  successOf(await root.call('POST', `/observability/alerts/${alerts[0].id}/ack`), 200)

  return {
    readings: [
      ['root', '/admin/dead-letters'],
      ['ada', '/users/me/preferences'],
      ['root', promoted],
      ['ben', '/notifications/devices'],
      ['root', `/admin/webhooks/${hook}`],
      ['root', '/admin/service-accounts'],
      ['root', `/jobs/${everlasting}`],
      ['root', `/jobs/${done}`],
      ['root', `/jobs/${paused}`],
      ['root', '/analytics/thresholds'],
      ['root', `/analytics/replays/${replay}`],
    ],
    next: [
      {
        by: 'root',
        method: 'POST',
        path: `/jobs/${everlasting}/run`,
        status: 202,
        leadsTo: {
          by: 'root',
          path: `/jobs/${everlasting}`,
          data: { status: 'ACTIVE', runs: [{ state: 'COMPLETED' }] },
        },
      },
      {
        method: 'POST',
        path: '/auth/service-token',
        body: { id: till, secret },
        status: 200,
        leadsTo: {
          by: 'root',
          path: `/admin/service-accounts/${till}`,
          data: { name: 'till' },
        },
      },
      {
        by: 'root',
        method: 'POST',
        path: '/admin/consumer-groups/replay',
        body: group,
        status: 202,
        leadsTo: {
          by: 'root',
          path: '/admin/consumer-groups',
          data: { groups: [{ ...group, parked: 0, replaying: 1 }] },
        },
      },
    ],
  }
}
