import { describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { expectAccessible, hasBrowser, keepPicture } from '../support/browser.ts'
import { successOf } from '../support/shop.ts'
import { visitAs } from '../support/visit-as.ts'
import { visitedAgora } from '../support/visited-agora.ts'

const { agora, browser } = visitedAgora()

/** The notifications that a page lists. */
const listIn = (page: Page) => page.getByRole('list', { name: 'Notifications', exact: true })

/** An item of the list by its text. */
const itemIn = (page: Page, text: string) =>
  listIn(page).getByRole('listitem').filter({ hasText: text })

const bellOf = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true })

const sideways = (page: Page) => page.evaluate('document.documentElement.scrollWidth > innerWidth')

describe.skipIf(!hasBrowser)('notifications in a browser', () => {
  test('arrive as an order is confirmed, and are unread or read on all devices', async () => {
    const buyer = await agora.shop.register('buyer')
    const lamp = await agora.shop.sell(5)
    const [{ page: laptop, faults }, { page: phone, faults: phonesFaults }] = await Promise.all([
      visitAs(browser, buyer),
      visitAs(browser, buyer, { viewport: { width: 360, height: 740 } }),
    ])
    await Promise.all([laptop.goto('/notifications'), phone.goto('/notifications')])
    await itemIn(laptop, 'Welcome to Agora').waitFor()
    await bellOf(laptop, 'Notifications (1 unread)').waitFor()

    const orderId = await buyer.buy({ [lamp]: 1 })
    for (const page of [laptop, phone]) {
      await itemIn(page, 'Your order is confirmed').getByText('New', { exact: true }).waitFor()
      await expect.poll(() => listIn(page).getByRole('listitem').count()).toBe(2)
    }
    await bellOf(laptop, 'Notifications (2 unread)').waitFor()
    await phone.getByRole('button', { name: 'Menu' }).click()
    await bellOf(phone, 'Notifications (2 unread)').waitFor()
    await phone.getByRole('button', { name: 'Menu' }).click()
    await Promise.all([expectAccessible(laptop), expectAccessible(phone)])
    await keepPicture(laptop, 'notifications')
    await keepPicture(phone, 'notifications-360')
    expect(await sideways(phone)).toBe(false)

    await itemIn(phone, 'Your order is confirmed')
      .getByRole('button', { name: 'Mark as read' })
      .click()
    await bellOf(laptop, 'Notifications (1 unread)').waitFor()
    await itemIn(laptop, 'Your order is confirmed')
      .getByText('New', { exact: true })
      .waitFor({ state: 'detached' })
    await laptop.getByRole('link', { name: 'Unread', exact: true }).click()
    await itemIn(laptop, 'Your order is confirmed').waitFor({ state: 'detached' })
    expect(new URL(laptop.url()).search).toBe('?unread=true')
    await laptop.getByRole('button', { name: 'Mark all as read' }).click()
    await laptop.getByText('You have read everything.').waitFor()
    await bellOf(laptop, 'Notifications').waitFor()
    await itemIn(phone, 'Welcome to Agora')
      .getByText('New', { exact: true })
      .waitFor({ state: 'detached' })

    await itemIn(phone, 'Your order is confirmed').getByRole('link').click()
    await expect.poll(() => new URL(phone.url()).pathname).toBe(`/orders/${orderId}`)
    // Other pages are tested elsewhere.
    expect(
      [...faults, ...phonesFaults].filter((fault) => !fault.includes('/orders')),
    ).toStrictEqual([])
  })

  test('lead to their subject, which marks them as read, and are read page by page', async () => {
    const reader = await agora.shop.register('reader')
    const { call } = await agora.shop.admin()
    const send = async (text: string) =>
      successOf(
        await call('POST', '/notifications', {
          userId: reader.id,
          channel: 'in_app',
          subject: 'News',
          text,
        }),
        202,
      )
    for (let n = 1; n <= 24; n++) await send(`<b onclick="isBroken = true">Number ${n}.</b>`)
    const writer = await agora.shop.register('writer')
    const about = { participantId: reader.id }
    const started = successOf(await writer.call('POST', '/chat/conversations', about), 201)
    const path = `/chat/conversations/${started.body.data.id}/messages`
    successOf(await writer.call('POST', path, { text: 'Hello' }), 201)

    const { page, faults } = await visitAs(browser, reader)
    await page.goto('/notifications')
    // Requested once the message has waited for its recipient.
    await itemIn(page, 'You have unread messages').waitFor()
    await itemIn(page, '<b onclick="isBroken = true">Number 24.</b>').waitFor()
    expect(await itemIn(page, 'Number 1.').count()).toBe(0)
    await page.getByRole('button', { name: 'Show more' }).click()
    await itemIn(page, 'Number 1.').waitFor()
    await itemIn(page, 'Welcome to Agora').waitFor()
    expect(await listIn(page).getByRole('listitem').count()).toBe(26)
    await page.getByRole('link', { name: 'New messages' }).click()
    await page.getByRole('link', { name: /writer/ }).waitFor()
    await bellOf(page, 'Notifications (25 unread)').waitFor()
    expect(faults).toStrictEqual([])
  })
})
