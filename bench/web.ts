import { hasBrowser, openBrowser } from '../test/support/browser.ts'
import type { Bench } from './support/bench.ts'
import { atMost, type Measure } from './support/measure.ts'
import { openShop } from './support/shop.ts'
import { median } from './support/statistics.ts'

/** Factor by which the browser's CPU is slowed down: a cheap phone beside a desktop. */
const slower = 4

/** Limit of an interaction, in ms: what follows it within is felt as its effect (Nielsen, Usability Engineering, 1993). */
const limit = 100

/** Records the time from each input to the next painted frame (Event Timing API), in `window.interactions`. */
const recording = `
  window.interactions = []
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries())
      if (interactionId > 0) window.interactions.push(duration)
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })`

/** Time until the pages answer an input, and until the shop is readable, in a browser whose CPU is slowed down. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  if (!hasBrowser) return []
  await using shop = await openShop(bench, { products: 24 })
  await using browser = await openBrowser(shop.server.url)
  const readable: number[] = []
  const interactions: number[] = []
  for (let round = 0; round < bench.rounds(5); round += 1) {
    const { page, context } = await browser.visit({ viewport: { width: 360, height: 740 } })
    const devtools = await context.newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower })
    await page.addInitScript(recording)
    const began = performance.now()
    await page.goto('/')
    const products = page.getByRole('list', { name: 'Products' }).getByRole('link')
    await products.first().waitFor()
    readable.push(performance.now() - began)
    for (let nth = 0; nth < 4; nth += 1) await page.getByRole('button', { name: 'Menu' }).click()
    await products.first().click()
    await page.getByLabel('Quantity').fill('2')
    for (let nth = 0; nth < 4; nth += 1)
      await page.getByRole('button', { name: 'Add to basket' }).click()
    await page.getByText('is in the basket').first().waitFor()
    interactions.push(...(await page.evaluate<number[]>('window.interactions')))
    await context.close()
  }
  const sorted = interactions.toSorted((a, b) => a - b)
  const late = sorted[Math.floor(sorted.length * 0.98)] ?? 0
  return [
    {
      what: `interactions on a phone, CPU ${slower} × slower, p98`,
      figure: late,
      unit: 'ms',
      goal: atMost(limit, 'ms', late),
      notes: [`${interactions.length} interactions, median ${median(interactions)} ms`],
    },
    {
      what: `shop readable after a first visit, CPU ${slower} × slower`,
      figure: median(readable),
      unit: 'ms',
    },
  ]
}
