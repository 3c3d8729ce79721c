import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, hasBrowser, keepPicture, signInAs } from '../support/browser.ts'
import { successOf, type Person } from '../support/shop.ts'
import { visitedAgora } from '../support/visited-agora.ts'

const { agora, browser } = visitedAgora()
let buyer: Person
let analyst: Person
let orderId: string

/** Registers a user with the role of an analyst. */
const newAnalyst = async (): Promise<Person> => {
  const { call } = await agora.shop.admin()
  const person = await agora.shop.register()
  const roles = ['buyer', 'analyst']
  successOf(await call('PATCH', `/admin/users/${person.id}`, { roles }), 200)
  return person
}

const main = (page: Page) => page.getByRole('main')

/** Asserts that a page needs no scrolling sideways. */
const expectNoSideways = async (page: Page): Promise<void> => {
  const { inner, content } = await page.evaluate(() => {
    const root = Reflect.get(globalThis, 'document').documentElement
    return { inner: root.clientWidth, content: root.scrollWidth }
  })
  expect(content).toBeLessThanOrEqual(inner)
}

describe.skipIf(!hasBrowser)("the analysts' half of the desk in a browser", () => {
  beforeAll(async () => {
    const lamp = await agora.shop.sell(5, 4900, 'Desk lamp')
    buyer = await agora.shop.register()
    orderId = await buyer.buy({ [lamp]: 1 })
    await buyer.settled(orderId)
    analyst = await newAnalyst()
  })

  test('an analyst browses to the stream of an order, and compares its states', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, analyst)
    await page.goto('/desk/events')
    const main_ = main(page)
    await main_.getByLabel('Categories (optional)').fill('order')
    await main_.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL('**/desk/events?category=order')
    const events = main_.getByRole('table', { name: 'Events' })
    await events.getByRole('cell', { name: 'OrderConfirmed', exact: true }).waitFor()
    expect(await events.getByRole('cell', { name: 'ProductCreated', exact: true }).count()).toBe(0)
    await expectAccessible(page)
    await keepPicture(page, 'desk-events')

    await events.getByRole('button', { name: /^Details of OrderPlaced/ }).click()
    const details = page.getByRole('dialog', { name: 'OrderPlaced' })
    await details.getByText('"tok_ok"').waitFor({ state: 'detached' })
    await details.getByText('"***"').first().waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-event')
    await details.getByRole('link', { name: 'To the stream at this event' }).click()

    await page.getByRole('heading', { name: `Stream order-${orderId}` }).waitFor()
    await main_
      .getByRole('region', { name: 'State at revision 0' })
      .getByText('"PENDING"')
      .waitFor()
    const slider = main_.getByLabel('Revision shown')
    await slider.focus()
    await page.keyboard.press('End')
    const differences = main_.getByRole('region', { name: 'Differences' })
    await differences.getByText('status', { exact: true }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-stream')
    await page.keyboard.press('Home')
    await differences.getByText('added').first().waitFor()
    expect(new URL(page.url()).search).toBe('?at=0')
    await main_.getByText('Admins see here what the request').waitFor()
    expect(faults).toStrictEqual([])
  })

  test('an analyst asks why an order is confirmed, and finds the event', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, analyst)
    await page.goto(`/desk/streams/order-${orderId}`)
    await page.getByRole('link', { name: 'Why? The document of this stream' }).click()
    await page.waitForURL('**/desk/why?**')
    const fields = page.getByRole('list', { name: 'Fields of the document' })
    await fields.getByRole('button', { name: 'status: "CONFIRMED"' }).click()
    const makers = page.getByRole('table', { name: 'Events that made status' })
    const rows = makers.getByRole('row')
    await rows.nth(1).getByText('OrderConfirmed').waitFor()
    await rows.nth(1).getByText('gave the present value').waitFor()
    await rows.last().getByText('OrderPlaced').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-why')
    expect(faults).toStrictEqual([])
  })

  test('an admin sees what a request led to', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, await agora.shop.admin())
    await page.goto(`/desk/streams/order-${orderId}?at=0`)
    const causes = page.getByRole('region', { name: 'What led to what' })
    await causes.getByText('OrderPlaced', { exact: true }).waitFor()
    await causes.getByText('OrderConfirmed', { exact: true }).waitFor()
    await causes.getByText('NotificationRequested', { exact: true }).first().waitFor()
    await keepPicture(page, 'desk-causation')
    expect(faults).toStrictEqual([])
  })

  test('new events arrive, and a pause loses none', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, analyst)
    await page.goto('/desk/live?category=product')
    await page.getByText('Events received: 0').waitFor()
    await page.getByText('Waiting for the next event').waitFor()
    await expect
      .poll(async () => {
        await agora.shop.sell(1, 100, 'Candle')
        return page.getByRole('cell', { name: 'ProductCreated', exact: true }).count()
      })
      .toBeGreaterThan(0)
    await expectAccessible(page)
    await keepPicture(page, 'desk-live')

    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused', { exact: true }).waitFor()
    const id = await agora.shop.sell(1, 100, 'Matches')
    expect(await page.getByText(`product-${id}`).count()).toBe(0)
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('link', { name: `product-${id}` }).waitFor()
    expect(faults).toStrictEqual([])
  })

  test('a replay is started, paused, played on and played from another position', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, analyst)
    await page.goto('/desk/replays')
    const main_ = main(page)
    await main_.getByLabel('Categories (optional)').fill('order')
    await main_.getByLabel('Speed').selectOption('0.01')
    await main_.getByRole('button', { name: 'Start', exact: true }).click()
    const player = main_.getByRole('region', { name: 'Player' })
    await player.getByRole('button', { name: 'Pause' }).click()
    await player.getByRole('button', { name: 'Resume' }).click()
    await player.getByText('The replay has been played to its end.').waitFor()
    await player.getByRole('cell', { name: 'OrderConfirmed', exact: true }).waitFor()
    await main_.getByRole('table', { name: 'All replays' }).getByText('completed').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-replays')

    await player.getByLabel('Position', { exact: true }).focus()
    await page.keyboard.press('Home')
    await player.getByText(/^Events: [01], position/).waitFor()
    await page.keyboard.press('End')
    await player.getByText('The replay has been played to its end.').waitFor()
    expect(faults).toStrictEqual([])
  })

  test('filtered events are saved as a file', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, analyst)
    await page.goto('/desk/events?category=order')
    const saving = page.waitForEvent('download')
    await page.getByLabel('Format').selectOption('ndjson')
    await page.getByRole('button', { name: 'Export' }).click()
    const text = await readFile(await (await saving).path(), 'utf8')
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.map(({ type }) => type)).toContain('OrderConfirmed')
    expect(events.every(({ stream }) => stream.startsWith('order-'))).toBe(true)
    await page.getByText(`${events.length} events were saved.`).waitFor()
    expect(faults).toStrictEqual([])
  })

  test('on a phone, events and a stream need no scrolling sideways', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, analyst)
    await page.setViewportSize({ width: 360, height: 780 })
    for (const [path, heading] of [
      ['/desk/events', 'Event browser'],
      [`/desk/streams/order-${orderId}`, `Stream order-${orderId}`],
      [`/desk/why?model=orders&key=${orderId}`, 'Why?'],
    ] as const) {
      await page.goto(path)
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
      await page.getByRole('cell', { name: /Order/ }).first().waitFor()
      await expectNoSideways(page)
      await expectAccessible(page)
      await keepPicture(page, `desk-phone${path.split(/[/?]/)[2]}`)
    }
    expect(faults).toStrictEqual([])
  })

  test('a buyer sees none of it', async () => {
    const { page, faults } = await browser.visit()
    await signInAs(page, buyer)
    for (const path of ['events', 'why', 'live', 'replays']) {
      await page.goto(`/desk/${path}`)
      await page.getByText('You may not see this page.').waitFor()
    }
    expect(faults).toStrictEqual([])
  })
})
