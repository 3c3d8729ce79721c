import { beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, hasBrowser, keepPicture, signInAs } from '../support/browser.ts'
import { visitedAgora } from '../support/visited-agora.ts'

const { agora, browser } = visitedAgora()

describe.skipIf(!hasBrowser)('the frame around the pages', () => {
  beforeAll(async () => {
    await agora.shop.sell(3, 4900, 'Desk lamp')
  })

  test('speaks the language of the browser, or the chosen one from then on', async () => {
    const { page, faults } = await browser.visit({ locale: 'de-DE' })
    await page.goto('/')
    await page.getByRole('heading', { name: 'Laden', exact: true }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await page.getByText('49,00 €').waitFor()
    await page.getByLabel('Sprache').selectOption('en')
    await page.getByRole('heading', { name: 'Shop', exact: true }).waitFor()
    await page.reload()
    await page.getByText('€49.00').waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    expect(faults).toStrictEqual([])
  })

  test('is used by keyboard alone: content is reached past the menu', async () => {
    const { page, faults } = await browser.visit()
    await page.goto('/')
    await page.getByRole('link', { name: 'Desk lamp' }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const focused = () => page.evaluate<string>('document.activeElement.textContent')
    const passed: string[] = []
    while ((await focused()) !== 'Desk lamp' && passed.length < 20) {
      await page.keyboard.press('Tab')
      passed.push(await focused())
    }
    expect(passed).not.toContain('Sign in')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Desk lamp' }).waitFor()
    expect(faults).toStrictEqual([])
  })

  test.each([
    ['a phone', { width: 360, height: 740 }],
    ['a desktop at 200 %', { width: 640, height: 450 }],
  ])('fits %s without sideways scrolling, with a menu to open', async (_, viewport) => {
    const { page, faults } = await browser.visit({ viewport })
    await page.goto('/')
    await page.getByRole('link', { name: 'Desk lamp' }).waitFor()
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width).toBeLessThanOrEqual(viewport.width)
    await page.getByRole('button', { name: 'Menu' }).click()
    await expectAccessible(page)
    await keepPicture(page, `shop-${viewport.width}`)
    await page.getByRole('link', { name: 'Gigs' }).click()
    await page.getByRole('link', { name: 'Feed' }).waitFor({ state: 'hidden' })
    expect(faults).toStrictEqual([])
  })

  test('has enough contrast in the dark', async () => {
    const { page, faults } = await browser.visit({ colorScheme: 'dark' })
    await page.goto('/')
    await page.getByRole('link', { name: 'Desk lamp' }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'shop-dark')
    expect(faults).toStrictEqual([])
  })

  test('opens any page by its address; an address without one is not found', async () => {
    const { page, faults } = await browser.visit({ expected: /404.*\/nowhere/ })
    await page.goto('/basket')
    await page.getByRole('heading', { level: 1 }).waitFor()
    const response = await page.goto('/nowhere')
    expect(response?.status()).toBe(404)
    expect(faults).toStrictEqual([])
  })

  test('asks to reload when the server has a newer release', async () => {
    const { page, faults } = await browser.visit()
    await page.clock.install()
    await page.goto('/')
    await page.getByRole('link', { name: 'Desk lamp' }).waitFor()
    await page.route('/', (route) =>
      route.fulfill({ body: '<script type="module" src="/assets/newer.js"></script>' }),
    )
    await page.clock.runFor(5 * 60_000)
    await page.getByRole('button', { name: 'Reload' }).waitFor()
    await page.unroute('/')
    await page.getByRole('button', { name: 'Reload' }).click()
    await page.getByRole('button', { name: 'Reload' }).waitFor({ state: 'detached' })
    expect(faults).toStrictEqual([])
  })

  test('loads a page anew whose part of an older release is gone', async () => {
    const { page, faults } = await browser.visit({ expected: /404|dynamically imported/ })
    await page.goto('/')
    await page.getByRole('link', { name: 'Desk lamp' }).waitFor()
    await page.route('**/basket-page-*.js', (route) => route.fulfill({ status: 404 }), { times: 1 })
    await page.getByRole('link', { name: 'Basket' }).click()
    await page.getByRole('heading', { level: 1, name: 'Shop' }).waitFor({ state: 'detached' })
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/basket')
    expect(faults).toStrictEqual([])
  })

  test('says how changes arrive where WebSockets are blocked, and without a network', async () => {
    const person = await agora.shop.register()
    const { page, context, faults } = await browser.visit({ expected: /net::ERR|WebSocket/ })
    await page.addInitScript(`
      window.WebSocket = class extends EventTarget {
        constructor() { super(); setTimeout(() => this.onerror?.(new Event('error')), 0) }
        close() {}
      }`)
    await page.goto('/')
    await signInAs(page, person)
    await page.getByText('this network blocks WebSockets').waitFor()
    await context.setOffline(true)
    await page.getByText('No live updates just now').waitFor()
    await context.setOffline(false)
    await page.getByText('No live updates just now').waitFor({ state: 'detached' })
    expect(faults).toStrictEqual([])
  })
})
