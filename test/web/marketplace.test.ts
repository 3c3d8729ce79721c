import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import {
  expectAccessible,
  hasBrowser,
  keepPicture,
  signInAs,
  type Visitor,
} from '../support/browser.ts'
import { png } from '../support/files.ts'
import { pack } from '../support/gig-stall.ts'
import { newSeller, offerGig, orderGig } from '../support/marketplace.ts'
import { successOf, type Credentials } from '../support/shop.ts'
import { visitedAgora } from '../support/visited-agora.ts'

const phone = { width: 360, height: 740 }

const { agora, browser } = visitedAgora()

/** Opens the browser of a user who has signed in. On a phone, the sign of that is in a menu, so that it is made small later. */
const visitAs = async (person: Credentials, { viewport, ...visitor }: Visitor = {}) => {
  const visited = await browser.visit(visitor)
  await signInAs(visited.page, person)
  if (viewport) await visited.page.setViewportSize(viewport)
  return visited
}

/** Asserts that a page does not scroll sideways. */
const expectNoSidewaysScrolling = async (page: Page): Promise<void> =>
  expect(
    await page.evaluate(() => {
      const { scrollWidth, clientWidth } = Reflect.get(globalThis, 'document').documentElement
      return scrollWidth - clientWidth
    }),
  ).toBe(0)

/** Asserts what holds for every page, and keeps its picture. */
const expectSound = async (page: Page, name: string): Promise<void> => {
  await expectAccessible(page)
  await expectNoSidewaysScrolling(page)
  await keepPicture(page, name)
}

describe.skipIf(!hasBrowser)('the marketplace in a browser', () => {
  test('a gig goes from its draft to the reviews of both sides, who see each other’s steps', async () => {
    const [ada, bob] = [await agora.shop.register('ada'), await agora.shop.register('bob')]
    const { page: seller, faults: sellerFaults } = await visitAs(ada, {
      // The fault that the form provokes.
      expected: /status of 400 .*\/api\/v1\/gigs$/,
    })

    await seller.goto('/selling')
    await seller.getByRole('heading', { name: 'Become a seller' }).waitFor()
    await expectSound(seller, 'become-seller')
    await seller.getByLabel('Name of your shop').fill('Ada’s Logos')
    await seller.getByRole('button', { name: 'Become a seller' }).click()
    await seller.getByText('No order waits for you.').waitFor()

    await seller.getByRole('link', { name: 'New gig' }).click()
    await seller.getByLabel('Title').fill('A logo for your workshop')
    await seller.getByLabel('Description').fill('Drawn by hand.\nDelivered as SVG.')
    await seller.getByLabel('Category').fill('design')
    await seller.getByLabel('Tags').fill('vector, branding')
    const picture = { name: 'heron.png', mimeType: 'image/png', buffer: png(800, 600) }
    await seller.getByLabel('Pictures and videos').last().setInputFiles(picture)
    const first = seller.getByRole('group', { name: 'Package 1' })
    await first.getByLabel('Name').fill('Basic')
    await first.getByLabel('What is included').fill('One proposal')
    await first.getByLabel('Price').fill('much')
    await first.getByLabel('Delivery in days').fill('3')
    await first.getByLabel('Revisions').fill('1')
    await seller.getByRole('button', { name: 'Add a package' }).click()
    const second = seller.getByRole('group', { name: 'Package 2' })
    await second.getByLabel('Name').fill('Plus')
    await second.getByLabel('What is included').fill('Three proposals')
    await second.getByLabel('Price').fill('120')
    await second.getByLabel('Delivery in days').fill('7')
    await seller.getByText('Uploaded').waitFor()
    await seller.getByRole('button', { name: 'Create as a draft' }).click()
    await first.getByText('must be at least 1').waitFor()
    expect(await first.getByLabel('Price').getAttribute('aria-invalid')).toBe('true')
    expect(await second.getByLabel('Price').getAttribute('aria-invalid')).toBeNull()
    await expectSound(seller, 'new-gig')
    await first.getByLabel('Price').fill('49,90')
    await seller.getByRole('button', { name: 'Create as a draft' }).click()
    await seller.getByText('Draft', { exact: true }).waitFor()
    await seller.getByRole('button', { name: 'Publish A logo for your workshop' }).click()
    await seller.getByText('Published', { exact: true }).waitFor()
    await expectSound(seller, 'my-gigs')

    const { page: buyer, faults: buyerFaults } = await visitAs(bob, { viewport: phone })
    await buyer.goto('/gigs')
    await buyer.getByRole('link', { name: 'A logo for your workshop' }).waitFor()
    await expectSound(buyer, 'gigs')
    await buyer.getByRole('link', { name: 'A logo for your workshop' }).click()
    await buyer.getByRole('heading', { name: 'Packages' }).waitFor()
    await buyer.getByRole('img', { name: 'Picture 1' }).waitFor()
    await expectSound(buyer, 'gig-phone')
    await buyer.getByLabel('Basic: €49.90').check()
    await buyer.getByLabel('Your requirements').fill('A heron on a blue ground')
    await seller.goto('/selling')
    await seller.getByText('No order waits for you.').waitFor()
    await buyer.getByRole('button', { name: 'Order', exact: true }).click()
    await buyer.getByText('The seller works on your order.').waitFor()
    await buyer.getByText(/^(3 d 0|2 d 23) h left$/).waitFor()
    await expectSound(buyer, 'order-room-phone')

    // From here on, both pages stay open: what one side does appears on the other.
    const toDo = seller.getByRole('list', { name: 'To work on' })
    await toDo.getByRole('link', { name: 'A logo for your workshop' }).waitFor()
    await expectSound(seller, 'selling')
    await toDo.getByRole('link', { name: 'A logo for your workshop' }).click()
    await seller.getByText('A heron on a blue ground').waitFor()
    await seller.getByLabel('Message to the buyer').fill('Here is the heron.')
    const sketch = { name: 'sketch.txt', mimeType: 'text/plain', buffer: Buffer.from('a heron') }
    await seller.getByLabel('Files').last().setInputFiles(sketch)
    await seller.getByText('Uploaded').waitFor()
    await expectSound(seller, 'order-room-deliver')
    await seller.getByRole('button', { name: 'Deliver', exact: true }).click()
    await seller.getByText('The buyer has three days to answer.').waitFor()

    await buyer.getByRole('heading', { name: 'Delivery 1' }).waitFor()
    const saved = buyer.waitForEvent('download')
    await buyer.getByRole('link', { name: /^sketch\.txt/ }).click()
    expect((await saved).suggestedFilename()).toBe('sketch.txt')
    await buyer.getByText('1 revision is left.').waitFor()
    await buyer.getByRole('button', { name: 'Ask for a revision' }).click()
    await buyer.getByLabel('What should be different?').fill('A little bluer')
    await buyer.getByRole('button', { name: 'Ask for a revision' }).click()
    await buyer.getByText('The seller works on your revision.').waitFor()

    await seller.getByText('A little bluer').waitFor()
    await seller.getByLabel('Message to the buyer').fill('Bluer now.')
    await seller.getByRole('button', { name: 'Deliver', exact: true }).click()
    await buyer.getByRole('heading', { name: 'Delivery 2' }).waitFor()
    await buyer.getByText('All revisions of the package are used.').waitFor()
    await expectSound(buyer, 'order-room-delivered')
    await buyer.getByRole('button', { name: 'Accept the work' }).click()
    const dialog = buyer.getByRole('dialog')
    await dialog.getByText('The seller gets €49.90.').waitFor()
    await expectAccessible(buyer)
    await dialog.getByRole('button', { name: 'Accept the work' }).click()
    await buyer.getByText('This order is completed.').waitFor()
    await seller.getByText('This order is completed.').waitFor()

    const ofGig = buyer.getByRole('form', { name: 'Review the gig' })
    await ofGig.getByLabel('Comment').fill('Splendid')
    await ofGig.getByRole('button', { name: 'Send the review' }).click()
    await seller.getByText('Splendid').waitFor()
    const ofSeller = buyer.getByRole('form', { name: 'Review the seller' })
    await ofSeller.getByLabel('Rating').selectOption('4')
    await ofSeller.getByLabel('Comment').fill('Quick to answer')
    await ofSeller.getByRole('button', { name: 'Send the review' }).click()
    await buyer.getByText('Only you see this until').waitFor()
    const ofBuyer = seller.getByRole('form', { name: 'Review the buyer' })
    await ofBuyer.getByLabel('Comment').fill('Knows what he wants')
    await ofBuyer.getByRole('button', { name: 'Send the review' }).click()
    await buyer.getByText('Knows what he wants').waitFor()
    await seller.getByText('Quick to answer').waitFor()
    await expectSound(seller, 'order-room-completed')

    await seller.getByRole('link', { name: 'A logo for your workshop' }).click()
    await seller.getByText('Splendid').waitFor()
    await seller.getByRole('button', { name: 'Answer' }).click()
    await seller.getByLabel('Your answer').fill('Thank you!')
    await seller.getByRole('button', { name: 'Answer' }).click()
    await seller.getByText('Answer of the seller').waitFor()
    await expectSound(seller, 'gig')
    await seller.goto('/selling/earnings')
    await seller.getByRole('region', { name: 'Sums' }).last().getByText('€49.90').first().waitFor()
    await expectSound(seller, 'earnings')
    expect([...sellerFaults, ...buyerFaults]).toStrictEqual([])
  })

  test('is filtered, sorted and paged by its address', async () => {
    const ida = await newSeller(agora.shop)
    for (let nth = 1; nth <= 25; nth++) {
      const packages = [pack('Basic', { amount: nth * 1_000, deliveryDays: nth })]
      const details = { title: `Song ${nth}`, description: 'Sung', category: 'music', packages }
      const { id } = successOf(await ida.call('POST', '/gigs', details), 201).body.data
      successOf(await ida.call('POST', `/gigs/${id}/publish`), 200)
    }
    const { page, faults } = await browser.visit()
    const titles = () =>
      page.getByRole('list', { name: 'Gigs' }).getByRole('link').allTextContents()
    await page.goto(`/gigs?seller=${ida.id}`)
    await page.getByText('Gigs by Logos').waitFor()
    await expect.poll(async () => (await titles()).length).toBe(24)
    await page.getByRole('button', { name: 'Show more' }).click()
    await expect.poll(async () => (await titles()).length).toBe(25)

    await page.getByLabel('Price to').fill('30')
    await page.getByLabel('Sort by').selectOption('Highest price')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await expect.poll(titles).toStrictEqual(['Song 3', 'Song 2', 'Song 1'])
    await page.getByLabel('Delivery within days').fill('2')
    await page.getByLabel('Category').selectOption('music')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await expect.poll(titles).toStrictEqual(['Song 2', 'Song 1'])
    await page.reload()
    await expect.poll(titles).toStrictEqual(['Song 2', 'Song 1'])
    await page.getByText('Gigs by Logos').waitFor()
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toStrictEqual({
      seller: ida.id,
      category: 'music',
      maxPrice: '3000',
      deliveryDays: '2',
      sort: '-price',
    })
    await expectSound(page, 'gigs-filtered')

    await page.getByRole('link', { name: 'Song 2' }).click()
    await page.getByRole('link', { name: 'Sign in to order' }).waitFor()
    await expectAccessible(page)
    await page.goBack()
    await expect.poll(titles).toStrictEqual(['Song 2', 'Song 1'])
    await page.getByLabel('Price to').fill('5')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByText('Gigs by one seller').waitFor()
    await page.getByRole('link', { name: 'Show all sellers' }).click()
    await expect.poll(() => new URL(page.url()).searchParams.get('seller')).toBeNull()
    await page.getByText('Gigs by one seller').waitFor({ state: 'detached' })
    expect(faults).toStrictEqual([])
  })

  test('an order is cancelled by agreement, and others find neither it nor a draft', async () => {
    const [ida, cleo, eve] = [
      await newSeller(agora.shop),
      await agora.shop.register(),
      await agora.shop.register(),
    ]
    const gigId = await offerGig(ida)
    const orderId = await orderGig(cleo, gigId)
    const draft = {
      title: 'A draft',
      description: 'Soon',
      category: 'design',
      packages: [pack('A')],
    }
    const draftId = successOf(await ida.call('POST', '/gigs', draft), 201).body.data.id

    const { page: seller, faults: sellerFaults } = await visitAs(ida)
    const { page: buyer, faults: buyerFaults } = await visitAs(cleo)
    await seller.goto(`/orders/${orderId}`)
    await buyer.goto(`/orders/${orderId}`)
    await buyer.getByText('The seller works on your order.').waitFor()
    await seller.getByRole('button', { name: 'Propose to cancel' }).click()
    await seller.getByLabel('Reason').fill('I am ill')
    await seller.getByRole('dialog').getByRole('button', { name: 'Propose to cancel' }).click()
    await seller.getByText('You have proposed to cancel.').waitFor()
    await buyer.getByText('I am ill').waitFor()
    await buyer.getByRole('button', { name: 'Agree to cancel' }).click()
    await buyer.getByRole('dialog').getByRole('button', { name: 'Agree to cancel' }).click()
    await seller.getByText('Both sides agreed to cancel.').waitFor()
    await buyer.getByText('Both sides agreed to cancel.').waitFor()
    await expectSound(buyer, 'order-room-cancelled')

    const { page: other, faults: otherFaults } = await visitAs(eve, {
      expected: /status of 40[34] /,
    })
    for (const path of [`/orders/${orderId}`, `/gigs/${draftId}`]) {
      await other.goto(path)
      await other.getByText('There is nothing at this address, or you may not see it.').waitFor()
    }
    await seller.goto(`/selling/gigs/${draftId}`)
    await seller.getByLabel('Title').fill('A gig')
    await seller.getByRole('button', { name: 'Save' }).click()
    await seller.getByRole('button', { name: 'Publish A gig' }).click()
    await seller.getByRole('button', { name: 'Pause A gig' }).waitFor()
    await other.goto(`/gigs/${draftId}`)
    await other.getByRole('heading', { name: 'A gig' }).waitFor()
    await other.getByRole('button', { name: 'Contact the seller' }).click()
    await other.waitForURL('**/chat/*')
    await seller.getByRole('button', { name: 'Pause A gig' }).click()
    await seller.getByText('Paused', { exact: true }).waitFor()
    await seller.getByRole('button', { name: 'Delete A gig' }).click()
    await seller.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await seller.getByRole('link', { name: 'A gig', exact: true }).waitFor({ state: 'detached' })
    expect([...sellerFaults, ...buyerFaults, ...otherFaults]).toStrictEqual([])
  })
})
