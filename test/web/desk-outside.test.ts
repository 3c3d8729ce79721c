import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import {
  startEndpoint,
  type Endpoint,
} from '../../src/platform/external/webhooks/testing/endpoint.ts'
import { usualSettings } from '../../src/platform/messaging/consumer-groups/testing/usual-settings.ts'
import { wholeLog } from '../../src/platform/messaging/consumer-groups/port.ts'
import { postgresConsumerGroups } from '../../src/platform/messaging/consumer-groups/postgres.ts'
import { postgresDeadLetters } from '../../src/platform/storage/dead-letters/postgres.ts'
import { agoraHere } from '../support/agora.ts'
import { expectAccessible, hasBrowser, keepPicture, signInAs } from '../support/browser.ts'
import { root } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { visitedAgora } from '../support/visited-agora.ts'

// Nothing listens there: the broker is away.
const { agora, browser } = visitedAgora(() =>
  agoraHere({ NATS_URL: 'nats://127.0.0.1:9', WEBHOOK_PRIVATE_HOSTS: '127.0.0.1' }),
)

describe.skipIf(!hasBrowser)('the desk of other systems in a browser', () => {
  let endpoint: Endpoint
  beforeAll(async () => {
    endpoint = await startEndpoint()
  })
  afterAll(() => endpoint?.[Symbol.asyncDispose]())

  /** Opens the desk as an admin. */
  const asAdmin = async (path: string) => {
    const visit = await browser.visit()
    await signInAs(visit.page, root)
    await visit.page.goto(path)
    return visit
  }

  test('a bridge is shown with its lag, and a parked stream is retried or skipped', async () => {
    const database = openDatabase(agora.postgresUrl, { connections: 1 })
    onTestFinished(() => database.close())
    const letters = postgresDeadLetters(database)
    const follower = { kind: 'bridge', name: 'nats', generation: 0 } as const
    const [retried, skipped] = ['post-one', 'post-two']
    for (const key of [retried, skipped])
      await letters.park(follower, { key, position: 1n, type: 'PostCreated', error: 'too large' })
    const { page, faults } = await asAdmin('/desk/bridges')
    const bridges = page.getByRole('region', { name: 'Bridges to brokers' })
    const row = bridges.getByRole('row').filter({ has: page.getByText('nats', { exact: true }) })
    await row.getByText('Streams are parked').waitFor()
    await row.getByText(/events, .* s/).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-bridges')

    await page.getByRole('button', { name: `Retry: ${retried}` }).click()
    await page.getByText('The retry has been requested.').waitFor()
    await page.getByRole('button', { name: `Skip: ${skipped}` }).click()
    const dialog = page.getByRole('dialog', { name: `Skip the refused event of ${skipped}?` })
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Skip' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('No stream is parked.').waitFor()
    expect(await letters.list(follower)).toStrictEqual([])
    expect(faults).toStrictEqual([])
  })

  test('a consumer group is shown, and its parked messages are delivered again', async () => {
    const database = openDatabase(agora.postgresUrl, { connections: 1 })
    onTestFinished(() => database.close())
    const groups = postgresConsumerGroups(database)
    const key = { source: wholeLog, name: 'welcome letters' }
    const term = await groups.lead({ host: 'elsewhere', port: 1 })
    const definition = { startFrom: 'start', settings: usualSettings, view: 'full' } as const
    await groups.create(term, key, definition, 0n)
    const parked = [1n, 2n].map((place) => ({ place, retries: 1, reason: 'no' }))
    const progress = { checkpoint: 2n, ahead: [], retries: [] }
    await groups.save(term, key, { progress, parked, settled: [] })
    const { page, faults } = await asAdmin('/desk/consumer-groups')
    const table = page.getByRole('region', { name: 'Consumer groups' })
    const row = table.getByRole('row').filter({ hasText: key.name })
    // The process that leads by its term has reported nothing.
    await row.getByText('Not measured').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-consumer-groups')
    await row.getByRole('button', { name: `Replay: ${key.name} ($all)` }).click()
    await page.getByText('Messages that are delivered again: 2').waitFor()
    await until(
      () => groups.replaying(key),
      (messages) => messages.length === 2,
    )
    await row.getByRole('button').waitFor({ state: 'detached' })
    expect(faults).toStrictEqual([])
  })

  test('a webhook is tested, replayed, given a new secret, paused and deleted', async () => {
    const caller = await agora.shop.admin()
    const events = ['agora.catalog.ProductCreated.v1']
    await caller.call('POST', '/admin/webhooks', { url: endpoint.url, events })
    const { page, faults } = await asAdmin('/desk/webhooks')
    await page.getByRole('link', { name: endpoint.url }).click()
    await page.getByText('Active', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Send a test' }).click()
    const deliveries = page.getByRole('region', { name: 'Deliveries' }).first()
    await deliveries.getByText('Delivered', { exact: true }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-webhook')
    await deliveries.getByRole('button', { name: 'Replay: agora.webhooks.Test.v1' }).click()
    await until(
      () => endpoint.taken.length,
      (count) => count === 2,
    )

    await page.getByRole('button', { name: 'Rotate the secret' }).click()
    const rotating = page.getByRole('dialog', { name: 'Rotate the secret?' })
    await rotating.getByRole('button', { name: 'Rotate the secret' }).click()
    await page.getByText(/whsec_/).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    const deleting = page.getByRole('dialog', { name: 'Delete this webhook?' })
    await expectAccessible(page)
    await deleting.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('No endpoint is subscribed.').waitFor()
    await expectAccessible(page)
    expect(faults).toStrictEqual([])
  })
})
