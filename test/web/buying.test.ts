import { describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { expectAccessible, hasBrowser, keepPicture } from '../support/browser.ts'
import { silentBank } from '../support/silent-bank.ts'
import { until } from '../support/until.ts'
import { signUpIn } from '../support/web-visitor.ts'
import { visitedAgora } from '../support/visited-agora.ts'

/** A read model, as admins list it. */
type Lag = { readonly name: string; readonly status: string }

/** A small phone. */
const phone = { width: 360, height: 740 }

/** Fills in where an order goes, and waits until its total is known. */
const fillAddress = async (page: Page): Promise<void> => {
  await page.getByLabel('Name').fill('Ada')
  await page.getByLabel('Street and number').fill('1 Main Street')
  await page.getByLabel('City').fill('London')
  await page.getByLabel('Postal code').fill('N1 9GU')
  await page.getByLabel('Country').selectOption('GB')
  await page.getByRole('radio', { name: /Standard/ }).waitFor()
}

/** Puts a product into the basket from its page, and goes on to the checkout. */
const toCheckout = async (page: Page, productId: string, quantity = 1): Promise<void> => {
  await page.goto(`/products/${productId}`)
  await page.getByLabel('Quantity').fill(String(quantity))
  await page.getByRole('button', { name: 'Add to basket' }).click()
  await page.getByRole('main').getByRole('link', { name: 'To the basket' }).click()
  await page.getByRole('link', { name: 'To the checkout' }).click()
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
}

/** Orders what is in the basket. @returns the id of the order */
const order = async (page: Page, card = 'Card that pays'): Promise<string> => {
  await fillAddress(page)
  await page.getByLabel('Test card').selectOption({ label: card })
  await page.getByRole('button', { name: 'Order and pay' }).click()
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/)
  return page.url().split('/').at(-1) ?? ''
}

/** Waits until the progress of the shown order has a status. */
const progressSays = (page: Page, status: string): Promise<void> =>
  page
    .getByRole('region', { name: 'Progress' })
    .getByText(status, { exact: true })
    .first()
    .waitFor()

const { agora, browser } = visitedAgora()

describe.skipIf(!hasBrowser)('the shop in a browser', () => {
  test('shows products, filters them by its address, and keeps a basket', async () => {
    await agora.shop.sell(5, 4900, 'Desk lamp')
    await agora.shop.sell(0, 900, 'Candle')
    const { page, faults } = await browser.visit()
    await page.goto('/')
    await page.getByRole('link', { name: 'Desk lamp' }).waitFor()
    await page.getByRole('link', { name: 'Candle' }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'shop')

    await page.getByLabel('In stock only').check()
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByRole('link', { name: 'Candle' }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('?inStock=true')
    await page.reload()
    await page.getByRole('link', { name: 'Desk lamp' }).click()

    await page.getByRole('heading', { name: 'Desk lamp' }).waitFor()
    await page.getByLabel('Quantity').fill('2')
    await page.getByRole('button', { name: 'Add to basket' }).click()
    await page.getByRole('link', { name: 'Basket (2)' }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'product')
    expect(faults).toStrictEqual([])
  })

  test('is bought from, and the order is watched until it is confirmed', async () => {
    const lamp = await agora.shop.sell(5, 4900, 'Reading lamp')
    const visitor = await browser.visit()
    const { page, faults } = visitor
    const ada = await signUpIn(visitor, agora.shop)
    await page.goto(`/products/${lamp}`)
    await page.getByLabel('Quantity').fill('2')
    await page.getByRole('button', { name: 'Add to basket' }).click()
    await page.getByRole('main').getByRole('link', { name: 'To the basket' }).click()

    await page.getByRole('heading', { name: 'Basket' }).waitFor()
    await page.getByText('€98.00').first().waitFor()
    await page.getByLabel('Quantity of Reading lamp').fill('3')
    await page.getByRole('region', { name: 'Summary' }).getByText('€147.00').waitFor()
    await page.getByLabel('Quantity of Reading lamp').fill('9')
    await page.getByText('Only 5 in stock').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'basket')
    await page.getByRole('button', { name: 'Take 5' }).click()
    await page.getByLabel('Quantity of Reading lamp').fill('2')
    await page.getByRole('link', { name: 'To the checkout' }).click()

    await page.getByRole('heading', { name: 'Checkout' }).waitFor()
    await fillAddress(page)
    await page.getByRole('radio', { name: /Express/ }).check()
    await expectAccessible(page)
    await keepPicture(page, 'checkout')
    const bank = await silentBank(agora.postgresUrl)
    await page.getByRole('button', { name: 'Order and pay' }).click()

    await page.getByText('We are charging your card.').waitFor()
    await page.getByRole('link', { name: 'Basket', exact: true }).waitFor()
    await bank[Symbol.asyncDispose]()
    await progressSays(page, 'Confirmed')
    await page.getByText('We are preparing the parcel.').waitFor()
    await page.getByRole('region', { name: 'Parcel' }).getByText('Being prepared').waitFor()
    await page
      .getByRole('region', { name: 'What happened' })
      .getByText('The order is confirmed.')
      .waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'order')
    const [{ status }] = (await ada.call('GET', '/orders')).body.data.orders
    expect(status).toBe('CONFIRMED')

    await page.getByRole('link', { name: 'Orders' }).click()
    await page.getByRole('list', { name: 'Your orders' }).getByText('2 × Reading lamp').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'orders')
    await page.getByLabel('Status').selectOption({ label: 'Cancelled' })
    await page.getByText('You have no orders in this status.').waitFor()
    await page.goBack()
    await page.getByRole('list', { name: 'Your orders' }).getByText('2 × Reading lamp').waitFor()
    expect(faults).toStrictEqual([])
  })

  test('says why an order is rejected, and puts it into the basket again', async () => {
    const lamp = await agora.shop.sell(1, 2500, 'Floor lamp')
    const visitor = await browser.visit()
    const { page, faults } = visitor
    await signUpIn(visitor, agora.shop)
    await toCheckout(page, lamp)
    await order(page, 'Card without enough money')
    await progressSays(page, 'Rejected')
    await page.getByText('The payment was declined. Nothing was charged.').first().waitFor()
    await page.getByText('The card has not enough money.').first().waitFor()
    await keepPicture(page, 'order-rejected')
    await page.getByRole('button', { name: 'Put into the basket again' }).click()
    await page.getByLabel('Quantity of Floor lamp').waitFor()
    expect(faults).toStrictEqual([])
  })

  test('shows stock that changes while somebody buys, and reviews', async () => {
    const lamp = await agora.shop.sell(7, 1900, 'Wall lamp')
    const visitor = await browser.visit()
    const { page, faults } = visitor
    const ada = await signUpIn(visitor, agora.shop)
    const bob = await agora.shop.register()
    await bob.call('POST', '/reviews', {
      subjectType: 'product',
      subjectId: lamp,
      rating: 2,
      comment: '<img src=x onerror=alert(1)> Too dim.',
    })
    await page.goto(`/products/${lamp}`)
    await page.getByText('7 in stock').waitFor()
    await bob.buy({ [lamp]: 3 })
    await page.getByText('4 in stock').waitFor()

    await page.getByText('<img src=x onerror=alert(1)> Too dim.').waitFor()
    await page.getByRole('radio', { name: '4 stars: good' }).check()
    await page.getByLabel('Comment').fill('Gives a warm light.')
    await page.getByRole('button', { name: 'Publish' }).click()
    const reviews = page.getByRole('list', { name: 'Reviews of this product' })
    await reviews.getByText('Gives a warm light.').waitFor()
    await page.getByText('3 of 5', { exact: true }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'product-reviews')

    await page.getByRole('button', { name: 'Change your review' }).click()
    await page.getByRole('radio', { name: '5 stars: excellent' }).check()
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('3.5 of 5', { exact: true }).waitFor()
    await page.getByLabel('Sort by').selectOption({ label: 'Oldest' })
    await reviews.getByRole('listitem').first().getByText('Too dim.').waitFor()
    await page.getByRole('button', { name: 'Delete your review' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await reviews.getByText('Gives a warm light.').waitFor({ state: 'detached' })
    expect((await ada.call('GET', '/reviews')).body.data.reviews).toStrictEqual([])
    expect(faults).toStrictEqual([])
  })

  test('is searched with suggestions, from the keyboard, and narrowed down by facets', async () => {
    const lantern = await agora.shop.sell(5, 4900, 'Lantern of brass')
    await agora.shop.sell(0, 900, 'Lantern of paper')
    const visitor = await browser.visit()
    const { page, faults } = visitor
    await signUpIn(visitor, agora.shop)
    await page.goto('/')
    const field = page.getByRole('combobox', { name: 'Search everything' })
    await field.fill('lanter')
    await page.getByRole('option', { name: /Lantern of paper/ }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'suggestions')
    await field.press('Escape')
    await page.getByRole('option').first().waitFor({ state: 'hidden' })
    await field.press('Enter')

    await page.getByRole('heading', { name: 'Search for “lanter”' }).waitFor()
    const products = page.getByRole('list', { name: 'Products' })
    await products.locator('mark').first().waitFor()
    await page.getByRole('region', { name: 'People' }).getByText('Nothing found.').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'search')
    await page.getByRole('link', { name: 'Products' }).click()
    await page.getByRole('link', { name: 'In stock (1)' }).click()
    await products.getByText('Lantern of paper').waitFor({ state: 'detached' })
    await keepPicture(page, 'search-products')
    await page.goBack()
    await products.getByRole('link', { name: 'Lantern of paper' }).waitFor()

    await field.fill('lantern of br')
    await page.getByRole('option', { name: /Lantern of paper/ }).waitFor({ state: 'detached' })
    await page.getByRole('option', { name: /Lantern of brass/ }).waitFor()
    await field.press('ArrowDown')
    await field.press('Enter')
    await page.waitForURL(`**/products/${lantern}`)
    expect(faults).toStrictEqual([])
  })

  test('asks to sign in before the checkout, and shares the basket with other tabs', async () => {
    const lamp = await agora.shop.sell(5, 1200, 'Night light')
    const { page, context, faults } = await browser.visit({ viewport: phone })
    await page.goto(`/products/${lamp}`)
    const other = await context.newPage()
    await other.goto('/basket')
    await other.getByText('Your basket is empty.').waitFor()
    await page.getByRole('button', { name: 'Add to basket' }).click()
    await other.getByLabel('Quantity of Night light').waitFor()
    await other.getByRole('button', { name: 'Remove Night light' }).click()
    await page.getByRole('main').getByRole('link', { name: 'To the basket' }).click()
    await page.getByText('Your basket is empty.').waitFor()
    await page.goBack()
    await page.getByRole('button', { name: 'Add to basket' }).click()
    await page.goto('/checkout')
    await page.waitForURL('**/sign-in?next=%2Fcheckout')
    await page.goto('/')
    await page.getByRole('group').getByText('Filter', { exact: true }).first().click()
    await page.getByLabel('In stock only').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'shop-phone')
    expect(faults).toStrictEqual([])
  })

  test('keeps what was typed through an expired token and a lost connection', async () => {
    const lamp = await agora.shop.sell(5, 1200, 'Night lamp')
    const visitor = await browser.visit({
      viewport: phone,
      expected: /ERR_INTERNET_DISCONNECTED|401/,
    })
    const { page, context, faults } = visitor
    const ada = await signUpIn(visitor, agora.shop)
    await toCheckout(page, lamp)
    await fillAddress(page)
    await expectAccessible(page)
    await keepPicture(page, 'checkout-phone')

    const [access] = (await context.cookies()).filter(
      ({ httpOnly, path }) => httpOnly && path === '/',
    )
    if (!access) throw new Error('There is no cookie with an access token')
    await context.clearCookies({ name: access.name })
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Order and pay' }).click()
    await page.getByText('No connection to the server. What you typed is still here.').waitFor()
    expect(await page.getByLabel('Street and number').inputValue()).toBe('1 Main Street')
    await context.setOffline(false)
    await page.getByRole('button', { name: 'Order and pay' }).click()
    await progressSays(page, 'Confirmed')
    await expectAccessible(page)
    await keepPicture(page, 'order-phone')
    expect((await ada.call('GET', '/orders')).body.data.total).toBe(1)

    const wide = await page.evaluate(() => {
      const { documentElement } = Reflect.get(globalThis, 'document')
      return documentElement.scrollWidth > documentElement.clientWidth
    })
    expect(wide).toBe(false)
    expect(faults).toStrictEqual([])
  })

  test('says that a price has changed meanwhile, and orders at the new one', async () => {
    const lamp = await agora.shop.sell(5, 1200, 'Garden lamp')
    const visitor = await browser.visit({ expected: /409/ })
    const { page, faults } = visitor
    await signUpIn(visitor, agora.shop)
    await toCheckout(page, lamp)
    await fillAddress(page)
    await page.getByRole('button', { name: 'Order and pay €25.90' }).waitFor()
    const { call } = await agora.shop.admin()
    const dearer = {
      name: 'Garden lamp',
      category: 'light',
      price: { amount: 1300, currency: 'EUR' },
    }
    await call('PUT', `/products/${lamp}`, dearer)
    await page.getByRole('button', { name: 'Order and pay' }).click()
    await page.getByText('A price has changed since you saw it.').waitFor()
    await page.getByRole('button', { name: 'Order and pay €26.90' }).waitFor()
    await page.getByRole('button', { name: 'Order and pay' }).click()
    await progressSays(page, 'Confirmed')
    expect(faults).toStrictEqual([])
  })

  test('can be called off, and is in the list at once', async () => {
    const lamp = await agora.shop.sell(5, 1200, 'Bedside lamp')
    const visitor = await browser.visit({ viewport: phone })
    const { page, faults } = visitor
    const ada = await signUpIn(visitor, agora.shop)
    await toCheckout(page, lamp)
    await using _ = await silentBank(agora.postgresUrl)
    const id = await order(page)
    await page.getByRole('button', { name: 'Cancel the order' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click()
    await progressSays(page, 'Cancelled')
    await page.getByText('You cancelled it.').waitFor()
    expect((await ada.call('GET', `/orders/${id}`)).body.data.status).toBe('CANCELLED')
    await page.goto('/orders')
    await page.getByRole('list', { name: 'Your orders' }).getByText('Cancelled').waitFor()
    await expectAccessible(page)
    expect(faults).toStrictEqual([])
  })

  test('can be returned once it is on its way', async () => {
    const lamp = await agora.shop.sell(5, 1200, 'Porch lamp')
    const visitor = await browser.visit()
    const { page, faults } = visitor
    const ada = await signUpIn(visitor, agora.shop)
    const id = await ada.buy({ [lamp]: 2 })
    await ada.settled(id)
    await page.goto(`/orders/${id}`)
    await progressSays(page, 'Confirmed')
    const { call } = await agora.shop.admin()
    await call('PUT', `/orders/${id}`, { status: 'SHIPPED' })
    await progressSays(page, 'Shipped')
    await page
      .getByRole('region', { name: 'Parcel' })
      .getByText('Handed over to the carrier')
      .waitFor()
    await page.getByRole('button', { name: 'Return products' }).click()
    await page.getByLabel('Porch lamp (at most 2)').fill('1')
    await page.getByLabel('Why do you return them?').fill('Too bright.')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Ask for the return' }).click()
    await page.getByRole('region', { name: 'Returns' }).getByText('Requested').waitFor()
    await page.getByRole('region', { name: 'Returns' }).getByText('1 × Porch lamp').waitFor()
    await keepPicture(page, 'order-return')
    expect(faults).toStrictEqual([])
  })

  test('is in the list of orders right after, however far the read model lags', async () => {
    const lamp = await agora.shop.sell(5, 1200, 'Attic lamp')
    const visitor = await browser.visit({ expected: /503/ })
    const { page, faults } = visitor
    await signUpIn(visitor, agora.shop)
    await page.goto('/orders')
    await page.getByText('You have no orders yet.').waitFor()
    await toCheckout(page, lamp)
    await fillAddress(page)
    const { call } = await agora.shop.admin()
    await call('POST', '/admin/projections/orders/pause')
    await until(
      async () => (await call('GET', '/admin/projections')).body.data.projections,
      (all) => all.some(({ name, status }: Lag) => name === 'orders' && status === 'paused'),
    )
    await page.getByRole('button', { name: 'Order and pay' }).click()
    await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/)
    await page.getByRole('link', { name: 'Orders', exact: true }).click()
    await page.getByRole('heading', { name: 'Orders', exact: true }).waitFor()
    await call('POST', '/admin/projections/orders/resume')
    await page.getByRole('list', { name: 'Your orders' }).getByText('1 × Attic lamp').waitFor()
    expect(await page.getByText('You have no orders yet.').isVisible()).toBe(false)
    expect(faults).toStrictEqual([])
  })

  test('speaks German, with its dates and money', async () => {
    const lamp = await agora.shop.sell(5, 123_456, 'Stehlampe')
    const visitor = await browser.visit({ locale: 'de-DE', viewport: phone, colorScheme: 'dark' })
    const { page, faults } = visitor
    const ada = await signUpIn(visitor, agora.shop)
    const id = await ada.buy({ [lamp]: 1 })
    await page.goto(`/products/${lamp}`)
    await page.getByText('1.234,56\u00a0€').waitFor()
    await page.getByRole('button', { name: 'In den Warenkorb' }).click()
    await page.goto('/checkout')
    await page.getByRole('heading', { name: 'Kasse' }).waitFor()
    expect(await page.getByLabel('Land').inputValue()).toBe('DE')
    await expectAccessible(page)
    await page.goto(`/orders/${id}`)
    await page.getByText('Wir packen das Paket.').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'order-german-dark')
    expect(faults).toStrictEqual([])
  })
})
