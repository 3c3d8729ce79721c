import { readFile } from 'node:fs/promises'
import type { Locator } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, hasBrowser, keepPicture, signInAs } from '../support/browser.ts'
import { successOf, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { visitAs } from '../support/visit-as.ts'
import { visitedAgora } from '../support/visited-agora.ts'

const { agora, browser } = visitedAgora()
let buyer: Person
let analyst: Person

/** The cells of a table, row by row, without its head. */
const rowsOf = async (table: Locator): Promise<readonly (readonly string[])[]> => {
  const rows = await table.locator('tbody').getByRole('row').all()
  return Promise.all(rows.map((row) => row.locator('th,td').allInnerTexts()))
}

describe.skipIf(!hasBrowser)('figures at the desk in a browser', () => {
  beforeAll(async () => {
    const lamp = await agora.shop.sell(5, 4900, 'Desk lamp')
    buyer = await agora.shop.register()
    for (const pieces of [1, 2]) await buyer.settled(await buyer.buy({ [lamp]: pieces }))
    const { call } = await agora.shop.admin()
    analyst = await agora.shop.register()
    const roles = ['buyer', 'analyst']
    successOf(await call('PATCH', `/admin/users/${analyst.id}`, { roles }), 200)
    analyst = await agora.shop.signIn(analyst)
    await until(
      async () => (await analyst.call('GET', '/analytics/dashboard')).body.data,
      ({ ordersByStatus, sales }) => ordersByStatus.CONFIRMED === 2 && sales.length > 0,
    )
  })

  test("a chart's table has the figures of the API, and a view is saved", async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, analyst)
    await page.goto('/desk/dashboard')
    const sales = page.getByRole('region', { name: 'Sales by day in EUR', exact: true })
    await sales.locator('canvas').waitFor()
    await page.getByRole('region', { name: 'Today (UTC), live' }).getByText('€147.00').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-dashboard')

    const figures = (await analyst.call('GET', '/analytics/dashboard')).body.data
    const statuses = page.getByRole('region', { name: 'Orders by status', exact: true })
    await page.getByRole('button', { name: 'Orders by status as a table' }).click()
    await statuses.locator('canvas').waitFor({ state: 'detached' })
    expect(Object.fromEntries(await rowsOf(statuses.getByRole('table')))).toStrictEqual(
      Object.fromEntries(
        Object.entries(figures.ordersByStatus).map(([status, count]) => [status, String(count)]),
      ),
    )
    await page.getByRole('button', { name: 'Sales by day in EUR as a table' }).click()
    const days = await rowsOf(sales.getByRole('table').first())
    expect(days.filter(([, amount]) => amount !== '€0.00')).toStrictEqual([
      [figures.sales[0].day, '€147.00'],
    ])
    const top = page.getByRole('region', { name: 'Top products, by pieces', exact: true })
    await top.getByText('Desk lamp').first().waitFor({ state: 'attached' })
    await expectAccessible(page)

    await page.getByRole('link', { name: '7 days' }).click()
    await page.waitForURL(/from=.*to=/)
    const { search } = new URL(page.url())
    await page.getByLabel('Name', { exact: true }).fill('A week')
    await page.getByRole('button', { name: 'Save this view' }).click()
    await page.goto('/desk/dashboard')
    await page.getByRole('link', { name: 'A week' }).click()
    await page.waitForURL(/from=.*to=/)
    expect(new URL(page.url()).search).toBe(search)
    expect(faults).toStrictEqual([])
  })

  test('a metric is grouped by a dimension; another one is refused at its field', async () => {
    const { page, faults } = await browser.visit({ expected: /400 \(Bad Request\)/ })
    await signInAs(page, analyst)
    await page.goto('/desk/dashboard?metric=orders_placed&groupBy=kind')
    const counts = page.getByRole('region', { name: 'orders_placed: number', exact: true })
    await counts.getByRole('columnheader', { name: 'product' }).waitFor({ state: 'attached' })
    const group = page.getByLabel('Grouped by')
    await group.fill('weather')
    await group.press('Enter')
    await page.getByText(/must be a dimension of orders_placed/).waitFor()
    expect(await group.getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByText(/must be a dimension/).count()).toBe(1)
    expect(faults).toStrictEqual([])
  })

  test('a report is made, downloaded and deleted', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, analyst)
    await page.goto('/desk/reports')
    const form = page.getByRole('form', { name: 'Make a report' })
    await form.getByLabel('About').selectOption('sales')
    await form.getByRole('button', { name: 'Make the report' }).click()
    const reports = page.getByRole('table', { name: 'All reports' })
    await reports.getByText('made', { exact: true }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-reports')
    const download = page.waitForEvent('download')
    await reports.getByRole('link', { name: 'Download Sales as csv' }).click()
    expect(await readFile(await (await download).path(), 'utf8')).toMatch(/EUR.*14700/)

    await reports.getByRole('button', { name: 'Delete Sales as csv' }).click()
    const question = page.getByRole('dialog')
    await question.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('The report was deleted.').waitFor()
    await reports.waitFor({ state: 'detached' })
    expect(faults).toStrictEqual([])
  })

  test('a limit of a metric is set and removed; what is no amount is said at its field', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, analyst)
    await page.goto('/desk/reports')
    const form = page.getByRole('form', { name: 'Set a limit' })
    await form.getByLabel('Metric').selectOption('sales')
    await form.getByLabel('Value').fill('much')
    await form.getByLabel('Currency').fill('EUR')
    await form.getByRole('button', { name: 'Set' }).click()
    await form.getByText('This is no amount.').waitFor()
    await form.getByLabel('Value').fill('1000.50')
    await form.getByRole('button', { name: 'Set' }).click()
    const limits = page.getByRole('table', { name: 'Limits of metrics' })
    await limits.getByText('above €1,000.50 / hour').waitFor()
    await limits.getByRole('button', { name: 'Delete the limit of sales' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await limits.waitFor({ state: 'detached' })
    expect(faults).toStrictEqual([])
  })

  test('on a phone, in German and in the dark, the dashboard needs no scrolling sideways', async () => {
    const { page, faults } = await visitAs(browser, analyst, {
      locale: 'de-DE',
      viewport: { width: 360, height: 780 },
      colorScheme: 'dark',
    })
    await page.goto('/desk/dashboard')
    const statuses = page.getByRole('region', { name: 'Bestellungen nach Status', exact: true })
    await statuses.locator('canvas').waitFor()
    const { inner, content } = await page.evaluate(() => {
      const root = Reflect.get(globalThis, 'document').documentElement
      return { inner: root.clientWidth, content: root.scrollWidth }
    })
    expect(content).toBeLessThanOrEqual(inner)
    await expectAccessible(page)
    await keepPicture(page, 'desk-dashboard-phone')
    expect(faults).toStrictEqual([])
  })

  test('a buyer sees none of it', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, buyer)
    for (const path of ['dashboard', 'reports']) {
      await page.goto(`/desk/${path}`)
      await page.getByText('You may not see this page.').waitFor()
    }
    expect(faults).toStrictEqual([])
  })
})
