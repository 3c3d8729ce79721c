import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Fields, projection } from '#kernel'
import { product } from '../../src/domains/catalog/language.ts'
import { ProductId } from '../../src/domains/shared/index.ts'
import { agoraHere } from '../support/agora.ts'
import {
  expectAccessible,
  hasBrowser,
  keepPicture,
  signInAs,
  type TestBrowser,
} from '../support/browser.ts'
import { root } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { visitedAgora } from '../support/visited-agora.ts'

/** What the projection of the test cannot fold, while it is broken. */
let isBroken = true

/** Prices of products; a change of one fails while it is broken. */
const fragilePrices = projection({
  name: 'fragile_prices',
  store: 'postgres',
  within: 60_000,
  document: Fields({ id: ProductId, amount: Type.Integer() }),
  from: [product],
  key: ({ id }) => id,
}).rules({
  ProductCreated: (_, { id, data }) => ({ id, amount: data.price.amount }),
  ProductPriceChanged: (document, { data }) => {
    if (isBroken) throw new Error('This price cannot be folded')
    return document && { ...document, amount: data.price.amount }
  },
})

/** What prices are multiplied by: changed rules without a new version. */
let factor = 1

/** Measured prices of products. */
const measuredPrices = projection({
  name: 'measured_prices',
  store: 'postgres',
  within: 60_000,
  document: Fields({ id: ProductId, amount: Type.Integer() }),
  from: [product],
  key: ({ id }) => id,
}).rules({
  ProductCreated: (_, { id, data }) => ({ id, amount: data.price.amount * factor }),
})

const { agora, browser } = visitedAgora(() =>
  agoraHere({}, { projections: [fragilePrices, measuredPrices] }),
)

describe.skipIf(!hasBrowser)('the desk of operators in a browser', () => {
  /** Opens the desk as an admin. */
  const asAdmin = async (path: string, visitor: Parameters<TestBrowser['visit']>[0] = {}) => {
    const visit = await browser.visit(visitor)
    await signInAs(visit.page, root)
    await visit.page.goto(path)
    return visit
  }

  test('the overview shows rates, health and alerts, on a phone as well', async () => {
    const { page, faults } = await asAdmin('/desk')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const health = page.getByRole('region', { name: 'Stores and checks' })
    await health.getByText('postgres').waitFor()
    await page.getByRole('region', { name: 'Alerts' }).getByText('No open alerts.').waitFor()
    // A process measures itself 15 s after its start for the first time.
    await page.getByRole('region', { name: 'Processes' }).first().waitFor()
    await page.getByText('Commands per second').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-overview')

    await page.setViewportSize({ width: 360, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await page.getByRole('button', { name: 'Pages of the desk' }).click()
    await expectAccessible(page)
    await keepPicture(page, 'desk-overview-phone')
    await page
      .getByRole('navigation', { name: 'Desk' })
      .getByRole('link', { name: 'Projections' })
      .click()
    await page.getByRole('heading', { name: 'Projections' }).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(faults).toStrictEqual([])
  })

  test('a projection is rebuilt beside the live one, paused and resumed', async () => {
    for (let nth = 0; nth < 5; nth += 1) await agora.shop.sell(1, 100, `Cup ${nth}`)
    const { page, faults } = await asAdmin('/desk/projections')
    await page.getByRole('button', { name: 'Rebuild: products', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Rebuild products?' })
    await dialog.getByText('Generation 2 is built in postgres').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-rebuild')
    await dialog.getByRole('button', { name: 'Rebuild' }).click()
    await dialog.waitFor({ state: 'detached' })
    const row = page.getByRole('row').filter({ has: page.getByText('products', { exact: true }) })
    await row.getByText('0 different, 0 only before, 0 only now').waitFor()
    await row.getByText('Live').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-projections')

    await page.getByRole('button', { name: 'Pause: reviews', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume: reviews', exact: true }).click()
    await page.getByRole('button', { name: 'Pause: reviews', exact: true }).waitFor()
    expect(faults).toStrictEqual([])
  })

  test('a rebuild that differs waits with its report, until it is switched to', async () => {
    await agora.shop.sell(1, 100, 'Measured cup')
    const { page, faults } = await asAdmin('/desk/projections')
    const begin = async () => {
      await page.getByRole('button', { name: 'Rebuild: measured_prices', exact: true }).click()
      const dialog = page.getByRole('dialog', { name: 'Rebuild measured_prices?' })
      await dialog.getByLabel('Compare and wait').check()
      await dialog.getByLabel('Documents that may differ').fill('0')
      await expectAccessible(page)
      await dialog.getByRole('button', { name: 'Rebuild' }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    factor = 2
    await begin()
    const card = page.getByRole('region', { name: 'Rebuild of measured_prices', exact: true })
    await card.getByText('Waiting for you').waitFor()
    await card.getByText('amount', { exact: true }).waitFor()
    const sample = card.getByRole('listitem').filter({ hasText: 'Why?' }).first()
    await sample.getByText('by ProductCreated at').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-rebuild-report')
    await card.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
    await card.waitFor({ state: 'detached' })

    await begin()
    await card.getByText('Waiting for you').waitFor()
    await card.getByRole('button', { name: 'Compare again' }).click()
    await page.getByText('The comparison has been requested.').waitFor()
    await card.getByRole('button', { name: 'Switch' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Switch' }).click()
    await card.waitFor({ state: 'detached' })
    const row = page.getByRole('row').filter({ hasText: 'measured_prices' })
    await row.getByText('0 only before, 0 only now').waitFor()
    expect(faults).toStrictEqual([])
  })

  test('a dead letter is inspected with its event and document, and retried until it is gone', async () => {
    const id = await agora.shop.sell(3, 500, 'Fragile vase')
    const admin = await agora.shop.admin()
    const price = { amount: 700, currency: 'EUR' }
    const dearer = { name: 'Fragile vase', category: 'light', price }
    expect((await admin.call('PUT', `/products/${id}`, dearer)).status).toBe(200)
    await until(
      async () => (await admin.call('GET', '/admin/dead-letters')).body.data.total,
      (total) => total === 1,
    )
    const { page, faults } = await asAdmin('/desk/dead-letters', { expected: /404/ })
    await page.getByText('Error: This price cannot be folded').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-dead-letters')
    await page.getByRole('link', { name: `Inspect: ${id}` }).click()
    const document = page.getByRole('region', { name: 'The document before the event' })
    await document.first().getByText('"amount": 500').waitFor()
    const event = page.getByRole('region', { name: 'The event that failed' })
    await event.first().getByText('"type": "ProductPriceChanged"').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-dead-letter')

    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('The retry failed again').waitFor()
    isBroken = false
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('The retry succeeded').waitFor()
    await page.getByRole('link', { name: 'All dead letters' }).click()
    await page.getByText('No dead letters').waitFor()
    expect(faults).toStrictEqual([])
  })

  test('a job is scheduled, run, and its output is seen; then it is paused and cancelled', async () => {
    const { page, faults } = await asAdmin('/desk/jobs', { expected: /400/ })
    await page.getByLabel('Type of job').selectOption('index-rebuild')
    await page.getByLabel('index').selectOption('products')
    await page.getByLabel('By cron').check()
    await page.getByLabel('Cron expression').fill('soon')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Schedule a job' }).click()
    await page.getByText('must be a cron expression').waitFor()
    await page.getByLabel('Cron expression').fill('30 2 * * *')
    await page.getByLabel('Time zone').fill('Europe/Berlin')
    await page.getByLabel('When an earlier run').selectOption('queue')
    await keepPicture(page, 'desk-jobs')
    await page.getByRole('button', { name: 'Schedule a job' }).click()

    await page.getByText('30 2 * * * (Europe/Berlin)').waitFor()
    await page.getByText('It has not run yet.').waitFor()
    await page.getByRole('button', { name: 'Run now' }).click()
    await page.getByText('Completed').waitFor()
    await page.getByText('Triggered by hand').waitFor()
    await page.getByLabel('Output').getByText('"products"').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-job')

    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused').waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('Active').waitFor()
    await page.getByRole('button', { name: 'Cancel the job' }).click()
    await page
      .getByRole('dialog', { name: 'Cancel this job?' })
      .getByRole('button', { name: 'Cancel the job' })
      .click()
    await page.getByText('Cancelled').waitFor()
    await page.getByRole('link', { name: 'All jobs' }).click()
    await page.getByRole('link', { name: 'index-rebuild' }).waitFor()
    expect(faults).toStrictEqual([])
  })

  test('log lines are filtered by the address, and a trace shows what an order led to', async () => {
    const ada = await agora.shop.register()
    const lamp = await agora.shop.sell(3)
    const correlationId = '0b6f3c1e-5f0a-4c52-9d43-0f7a3f1c2b11'
    const reply = await ada.order({ [lamp]: 1 }, 'tok_ok', { 'x-correlation-id': correlationId })
    await ada.settled(reply.body.data.id)
    const { page, faults } = await asAdmin('/desk/logs?level=error&q=nothing')
    await page.getByText('No log line matches.').waitFor()
    // An Agora in the process of a test ships no lines to its log store.
    const entry = {
      id: 'line-1',
      time: '2030-01-01T12:00:00.000Z',
      level: 'error',
      service: 'ordering',
      process: 'here:1',
      message: 'The answer <b>failed</b>',
      traceId: correlationId,
      error: { type: 'Error', message: 'no', causes: [{ type: 'Error', message: 'refused' }] },
    }
    await page.route('**/observability/logs?*', (one) =>
      one.fulfill({ json: { success: true, data: { entries: [entry] }, meta: {} } }),
    )
    await page.getByLabel('Level').selectOption('')
    await page.getByLabel('Words in the message').fill('')
    await page.getByLabel('Read new lines all the time').check()
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL(/\?tail=true$/)
    await page.getByText('The answer <b>failed</b>').first().waitFor()
    await page.getByText('Details', { exact: true }).click()
    await page.getByText('Caused by: Error: refused').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-logs')

    await page.getByRole('link', { name: 'Show trace' }).click()
    const tree = page.getByRole('list', { name: 'Causation' })
    await tree.getByText('OrderPlaced').waitFor()
    await tree.getByText('StockReserved').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-trace')
    await page.setViewportSize({ width: 360, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await page.getByRole('link', { name: 'Log lines of this trace' }).click()
    await page.waitForURL(new RegExp(`traceId=${correlationId}`))
    expect(faults).toStrictEqual([])
  })

  test('an audit is requested, and its findings are shown', async () => {
    const { page, faults } = await asAdmin('/desk/audits')
    await page.getByLabel('Projection').selectOption('products')
    await page.getByLabel('Audit all documents').check()
    await page.getByRole('button', { name: 'Request an audit' }).click()
    const row = page.getByRole('row').filter({ has: page.getByText('products', { exact: true }) })
    await row.getByText(/All documents: \d+ documents looked at/).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-audits')
    expect(faults).toStrictEqual([])
  })

  test('the reference of the sockets is public, and linked from the footer and the API page', async () => {
    const { page, faults } = await browser.visit()
    await page.goto('/')
    await page.getByRole('contentinfo').getByRole('link', { name: 'Sockets' }).click()
    const tasks = page.getByRole('region', { name: '/tasks', exact: true })
    await tasks.getByRole('heading', { name: 'task:subscribe' }).waitFor()
    await tasks.getByText('taskId', { exact: true }).first().waitFor()
    await expectAccessible(page)
    await page.goto('/docs')
    await page.getByRole('link', { name: 'Sockets', exact: true }).click()
    await page.getByRole('heading', { name: 'Sockets', exact: true }).waitFor()
    expect(faults).toStrictEqual([])
  })

  test('analysts see the pages for analysts, and users none', async () => {
    const admin = await agora.shop.admin()
    const ann = await agora.shop.register()
    const roles = { roles: ['analyst'] }
    expect((await admin.call('PATCH', `/admin/users/${ann.id}`, roles)).status).toBe(200)
    const { page, faults } = await browser.visit()
    await signInAs(page, ann)
    await page.goto('/desk/projections')
    await page.getByText('You may not see this page.').waitFor()
    const navigation = page.getByRole('navigation', { name: 'Desk' })
    expect(await navigation.getByRole('link').allInnerTexts()).toStrictEqual([
      'Event browser',
      'Why?',
      'Live tail',
      'Replays',
      'Dashboard',
      'Reports',
    ])
    await page.goto('/desk')
    await page.waitForURL(/\/desk\/dashboard$/)
    expect(faults).toStrictEqual([])

    const someone = await browser.visit()
    await signInAs(someone.page, await agora.shop.register())
    await someone.page.goto('/desk')
    await someone.page.getByText('You may not see this page.').waitFor()
    expect(someone.faults).toStrictEqual([])
  })
})
