import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import {
  startEndpoint,
  type Endpoint,
} from '../../src/platform/external/webhooks/testing/endpoint.ts'
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
