import { beforeAll, describe, expect, test } from 'vitest'
import { become, end, only, saga, send } from '#kernel'
import { notification, notificationIdOf } from '../../src/domains/notifications/language.ts'
import { order } from '../../src/domains/ordering/language.ts'
import type { UserId } from '../../src/domains/shared/index.ts'
import { agoraHere } from '../support/agora.ts'
import {
  expectAccessible,
  hasBrowser,
  keepPicture,
  signInAs,
  type WatchedPage,
} from '../support/browser.ts'
import { root, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { visitedAgora } from '../support/visited-agora.ts'

/** A flaw in a rule, until it is mended. */
const flaw = { isThere: true }

/** Thanks the buyer of a confirmed order; a flaw parks its runs. */
const thanking = saga({
  name: 'thanking',
  subject: 'Thanks',
  from: [order],
  to: [only(notification, 'RequestNotification')],
  key: ({ id }) => id,
}).rules<{ readonly userId?: UserId }>({
  initialState: {},
  on: {
    OrderPlaced: (_, { data: { userId } }) => become({ userId }),
    OrderConfirmed: (state, { id }) => {
      if (flaw.isThere) throw new Error('a flaw in the rule')
      if (state.userId === undefined) return end(state)
      return end(
        state,
        send(notification, notificationIdOf(id, 'thanks', 'in_app'), 'RequestNotification', {
          userId: state.userId,
          channel: 'in_app',
          type: 'thanks',
          subject: 'Thank you',
          text: 'For your order.',
        }),
      )
    },
  },
})

const { agora, browser } = visitedAgora(() => agoraHere({}, { sagas: [thanking] }))
let admin: Person
let desk: WatchedPage

describe.skipIf(!hasBrowser)('the desk for orders, people and the shop', () => {
  beforeAll(async () => {
    admin = await agora.shop.admin()
    desk = await browser.visit()
    await signInAs(desk.page, root)
  })

  test('a timeline follows an order live, and a parked saga is retried after a preview', async () => {
    const { page, faults } = desk
    const ada = await agora.shop.register('ada')
    const lamp = await agora.shop.sell(9, 1_999, 'Reading lamp')
    const id = await ada.buy({ [lamp]: 1 }, 'tok_slow')
    await until(
      () => admin.call('GET', `/admin/sagas/${id}`),
      ({ status }) => status === 200,
    )
    await page.goto(`/desk/orders/${id}`)
    await page.getByRole('heading', { name: `Order ${id}` }).waitFor()
    // No reload: the page follows the saga until the order is confirmed.
    const course = page.getByRole('region', { name: 'Course as a table' })
    await course.getByText('RequestPayment', { exact: true }).first().waitFor()
    await course.getByText('OrderConfirmed', { exact: true }).first().waitFor()
    await course.getByText('ShipmentCreated', { exact: true }).first().waitFor()
    await course.getByText('NotificationRequested', { exact: true }).first().waitFor()
    await page.getByText('CONFIRMED', { exact: true }).first().waitFor()
    await page.getByText('An operator: OrderConfirmed has failed').waitFor()
    expect(await page.getByRole('img', { name: /^Picture of the course/ }).count()).toBe(1)
    await page.getByRole('region', { name: 'Picture of the course' }).press('+')
    await page.getByRole('button', { name: 'Actual size' }).click()
    await expectAccessible(page)
    await keepPicture(page, 'desk-order')

    flaw.isThere = false
    await page.getByRole('button', { name: 'Retry …' }).click()
    const dialog = page.getByRole('dialog', { name: 'Retry the parked run?' })
    await dialog.getByText('RequestNotification').waitFor()
    await dialog.getByText('The run would be complete.').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-saga-retry')
    await dialog.getByRole('button', { name: 'Retry now' }).click()
    await page.getByText('Nothing: all runs have ended.').waitFor()
    const { body } = await ada.call('GET', `/notifications/user/${ada.id}`)
    expect(
      body.data.notifications.filter(({ type }: { type: string }) => type === 'thanks'),
    ).toHaveLength(1)

    await page.goto('/desk/orders?state=ended')
    await page.getByRole('cell', { name: 'fulfilment' }).first().waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-orders')
    await page.getByRole('textbox', { name: 'Id of an order' }).fill(id)
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByRole('heading', { name: `Order ${id}` }).waitFor()
    await page.setViewportSize({ width: 360, height: 740 })
    await course.getByText('OrderConfirmed', { exact: true }).first().waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(
      true,
    )
    await keepPicture(page, 'desk-order-360')
    await page.setViewportSize({ width: 1_280, height: 900 })
    expect(faults).toStrictEqual([])
  })

  test('a person is suspended and cannot sign in, and is forgotten with a receipt', async () => {
    const { page, faults } = desk
    const bob = await agora.shop.register('bobby')
    await page.goto('/desk/people')
    await page.getByLabel('Part of the address').fill('bobby')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByRole('link', { name: 'bobby' }).click()
    await page.getByRole('heading', { name: 'bobby', level: 1 }).waitFor()
    await page.getByText('Unknown device').waitFor()
    await page.getByRole('button', { name: 'End all sessions' }).click()
    const asked = page.getByRole('dialog', { name: 'End all sessions?' })
    await asked.getByRole('button', { name: 'End all sessions' }).click()
    await page.getByText('No open session.').waitFor()
    expect((await bob.call('GET', '/auth/sessions')).status).toBe(401)
    await page.getByRole('button', { name: 'Suspend …' }).click()
    await page.getByLabel('Reason').fill('spam')
    await page.getByRole('button', { name: 'Suspend', exact: true }).click()
    await page.getByRole('button', { name: 'Lift the suspension' }).waitFor()
    const { email, password } = bob
    const refused = await agora.shop.anyone('POST', '/auth/login', { email, password })
    expect(refused.status).toBe(403)
    await expectAccessible(page)
    await keepPicture(page, 'desk-person')

    await page.getByRole('button', { name: 'Forget this person …' }).click()
    await page.getByLabel('Type bobby to confirm').fill('bob')
    await page.getByRole('button', { name: 'Forget for good' }).click()
    await page.getByText('That is not what is asked for.').waitFor()
    await page.getByLabel('Type bobby to confirm').fill('bobby')
    await page.getByRole('button', { name: 'Forget for good' }).click()
    await page.getByText('Everything that Agora holds about this person is erased.').waitFor()
    await page.getByRole('columnheader', { name: 'Removed' }).waitFor()
    await page.getByRole('definition').filter({ hasText: 'Closed' }).waitFor()
    await page.getByRole('button', { name: 'Save roles' }).waitFor({ state: 'detached' })
    await expectAccessible(page)
    await keepPicture(page, 'desk-receipt')
    expect(faults).toStrictEqual([])
  })

  test('a product is put on sale with stock and is in the shop; its payment is refunded in part', async () => {
    const { page, faults } = desk
    await page.goto('/desk/products')
    await page.getByRole('link', { name: 'New product' }).click()
    await page.getByLabel('Name').fill('Green chair')
    await page.getByLabel('Category').fill('chairs')
    await page.getByLabel('Price').fill('45.50')
    await page.getByRole('button', { name: 'Put on sale' }).click()
    await page.getByLabel('Change by').fill('7')
    await page.getByLabel('Reason').fill('delivery')
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByRole('definition').filter({ hasText: '7' }).first().waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-product')
    const chair = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await page.getByRole('link', { name: 'See it in the shop' }).click()
    await page.getByText('7 in stock').waitFor()
    await page.goto('/desk/products')
    await page.getByRole('link', { name: 'Green chair' }).waitFor()
    await keepPicture(page, 'desk-products')

    const eve = await agora.shop.register('eve')
    const id = await eve.buy({ [chair]: 1 })
    await eve.settled(id)
    await until(
      () => admin.call('GET', `/payments/order/${id}`),
      ({ body }) => body.data.payments[0]?.status === 'COMPLETED',
    )
    await page.goto(`/desk/payments?order=${id}`)
    await page.getByRole('button', { name: 'Refund …' }).click()
    await page.getByLabel('Amount to refund (EUR)').fill('5.50')
    await page.getByLabel('Reason').fill('scratched')
    await page.getByRole('button', { name: 'Refund', exact: true }).click()
    await page.getByRole('cell', { name: '€5.50' }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-payments')
    expect(faults).toStrictEqual([])
  })

  test('pieces of an order are refunded; a return is accepted, and refunded when it has arrived', async () => {
    const { page, faults } = desk
    const lamp = await agora.shop.sell(9, 1999, 'Reading lamp')
    const gus = await agora.shop.register('gus')
    const id = await gus.buy({ [lamp]: 3 })
    await gus.settled(id)
    const delivered = await admin.call('PUT', `/orders/${id}`, { status: 'SHIPPED' })
    expect(delivered.status, delivered.text).toBe(200)
    // The page asks for the runs, which the browser reports as missing until they are listed.
    await until(
      () => admin.call('GET', `/admin/sagas/${id}`),
      ({ status }) => status === 200,
    )
    await page.goto(`/desk/orders/${id}`)
    await page.getByRole('button', { name: 'Refund pieces …' }).click()
    const refund = page.getByRole('dialog', { name: 'Refund pieces of this order' })
    await refund.getByRole('button', { name: 'Refund' }).click()
    await refund.getByText('Choose at least one piece.').waitFor()
    await refund.getByLabel('Reading lamp (at most 3)').fill('1')
    await refund.getByLabel('Reason').fill('scratched')
    await expectAccessible(page)
    await refund.getByRole('button', { name: 'Refund' }).click()
    const refunds = page.getByRole('table', { name: 'Refunds' })
    const first = refunds.getByRole('row').filter({ hasText: 'scratched' })
    await first.getByText('1 × Reading lamp').waitFor()
    await first.getByText('€19.99').waitFor()

    const asked = await gus.call('POST', `/orders/${id}/returns`, {
      items: [{ line: 0, quantity: 2 }],
      reason: 'too bright',
    })
    expect(asked.status, asked.text).toBe(201)
    await page.reload()
    const returns = page.getByRole('table', { name: 'Returns' })
    const row = returns.getByRole('row').filter({ hasText: 'too bright' })
    await row.getByRole('button', { name: 'Accept' }).click()
    await row.getByText('Accepted').waitFor()
    await row.getByRole('button', { name: 'Arrived …' }).click()
    const arrived = page.getByRole('dialog', { name: 'Have the goods arrived?' })
    await arrived.getByRole('button', { name: 'Record and refund' }).click()
    await row.getByText('Arrived', { exact: true }).waitFor()
    await refunds.getByText('2 × Reading lamp').waitFor()
    await refunds.getByText('€39.98').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-refunds')
    const { body } = await admin.call('GET', `/orders/${id}`)
    expect(body.data.refunds).toHaveLength(2)
    expect(faults).toStrictEqual([])
  })

  test('a promotion is sent after a preview, and a post is deleted', async () => {
    const { page, faults } = desk
    await page.goto('/desk/promotions')
    await page.getByLabel('Text', { exact: true }).fill('Lamps at half price.')
    await page.getByRole('button', { name: 'Preview …' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send this promotion?' })
    await dialog.getByText(/^Recipients now: \d/).waitFor()
    await dialog.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('listitem').filter({ hasText: 'Lamps at half price.' }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'desk-promotions')

    const cid = await agora.shop.register('cid')
    await cid.call('POST', '/posts', { content: 'Buy wristwatches here' })
    const found = page.getByRole('listitem').filter({ hasText: 'Buy wristwatches here' })
    await until(
      async () => {
        await page.goto('/desk/moderation?q=wristwatches')
        await page
          .getByText(/No post has these words|Buy wristwatches/)
          .first()
          .waitFor()
        return found.count()
      },
      (count) => count > 0,
    )
    await expectAccessible(page)
    await keepPicture(page, 'desk-moderation')
    await page.getByRole('button', { name: 'Delete …' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await found.waitFor({ state: 'detached' })
    expect(faults).toStrictEqual([])
  })

  test('somebody without the role sees none of it', async () => {
    const dan = await agora.shop.register('danny')
    const { page, faults } = await browser.visit()
    await signInAs(page, dan)
    for (const path of ['orders', 'people', 'products', 'payments', 'promotions', 'moderation']) {
      await page.goto(`/desk/${path}`)
      await page.getByText('You may not see this page.').waitFor()
    }
    expect(faults).toStrictEqual([])
  })
})
