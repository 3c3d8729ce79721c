import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { startEndpoint } from '../../src/platform/external/webhooks/testing/endpoint.ts'
import { shortLease, startAgora, temporaryData } from '../support/agora.ts'
import { callAt } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

test('kill -9 while an endpoint is asked: another process delivers the event, with the same id and a right signature', async () => {
  await using endpoint = await startEndpoint()
  await using database = await startedDatabase()
  await using data = await temporaryData()
  const env = {
    POSTGRES_URL: database.url,
    WEBHOOK_PRIVATE_HOSTS: '127.0.0.1',
    ...shortLease,
  }
  const ids: string[] = []
  endpoint.answer((response) => {
    ids.push(String(response.req.headers['webhook-id']))
  })

  await using killed = await startAgora(data.path, env)
  const callKilled = callAt(killed.url, (await killed.shop.admin()).token)
  const subscription = { url: endpoint.url, events: ['agora.catalog.ProductCreated.v1'] }
  // Read models may still be built.
  const subscribed = await until(
    () => callKilled('POST', '/admin/webhooks', subscription),
    ({ status }) => status === 201,
  )
  const price = { amount: 100, currency: 'EUR' }
  const product = { name: 'Lamp', category: 'light', price }
  expect((await callKilled('POST', '/products', product)).status).toBe(201)
  await until(
    async () => ids.length,
    (asked) => asked > 0,
  )
  await killed.kill()
  endpoint.answer(204)

  await using other = await startAgora(data.path, env)
  const call = callAt(other.url, (await other.shop.admin()).token)
  await until(
    async () => endpoint.taken.length,
    (taken) => taken > 0,
  )
  const [taken] = endpoint.taken
  expect.assert(taken)
  expect(taken.id).toBe(ids[0])
  const signed = `${taken.id}.${String(taken.headers['webhook-timestamp'])}.${taken.body}`
  const key = Buffer.from(subscribed.body.data.secret.slice('whsec_'.length), 'base64')
  const mac = createHmac('sha256', key).update(signed).digest('base64')
  expect(taken.headers['webhook-signature']).toBe(`v1,${mac}`)

  const deliveries = await until(
    async () => {
      const path = `/admin/webhooks/${subscribed.body.data.id}/deliveries`
      return (await call('GET', path)).body.data.deliveries
    },
    ([one]) => one?.state === 'DELIVERED',
  )
  expect(deliveries).toHaveLength(1)
})
