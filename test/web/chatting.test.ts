import { describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { expectAccessible, hasBrowser, keepPicture } from '../support/browser.ts'
import { successOf, type Person } from '../support/shop.ts'
import { visitAs } from '../support/visit-as.ts'
import { visitedAgora } from '../support/visited-agora.ts'

const { agora, browser } = visitedAgora()

/** The conversation that a page shows. */
const conversationIn = (page: Page) => {
  const messages = page.getByRole('region', { name: 'Messages' })
  const field = page.getByRole('textbox', { name: 'Message' })
  return {
    messages,
    field,
    /** An item of the list by its text. */
    message: (text: string) => messages.getByRole('listitem').filter({ hasText: text }),
    say: async (text: string) => {
      await field.fill(text)
      await field.press('Enter')
    },
    /** Texts of all messages, in the order they are shown. */
    texts: () => messages.locator('p').allInnerTexts(),
  }
}

const say = async (from: Person, id: string, text: string): Promise<void> =>
  void successOf(await from.call('POST', `/chat/conversations/${id}/messages`, { text }), 201)

/** Two users in a conversation. */
const pair = async (one: string, other: string) => {
  const [ann, ben] = [await agora.shop.register(one), await agora.shop.register(other)]
  const start = { participantId: ben.id }
  const started = successOf(await ann.call('POST', '/chat/conversations', start), 201)
  const id: string = started.body.data.id
  return { ann, ben, id }
}

describe.skipIf(!hasBrowser)('the chat in a browser', () => {
  test('two people write to each other, and see each other type, receive and read', async () => {
    const [ann, ben] = [await agora.shop.register('ann'), await agora.shop.register('ben')]
    const { page: anns, faults } = await visitAs(browser, ann)
    await anns.goto(`/chat?with=${ben.id}`)
    await anns.getByRole('heading', { name: 'ben' }).waitFor()
    expect(new URL(anns.url()).search).toBe('')
    await anns.getByText('Say hello').waitFor()
    const hers = conversationIn(anns)
    await hers.field.fill('First line')
    await hers.field.press('Shift+Enter')
    await hers.field.pressSequentially('second line')
    await hers.field.press('Enter')
    await hers.message('First line').getByText('Sent', { exact: true }).waitFor()
    expect(await hers.texts()).toEqual(['First line\nsecond line'])
    await anns.getByText('Offline', { exact: true }).waitFor()

    const { page: bens, faults: bensFaults } = await visitAs(browser, ben)
    await bens.goto('/chat')
    const row = bens.getByRole('link', { name: /ann/ })
    await row.getByText('1 unread').waitFor()
    await row.getByText('Online').waitFor()
    await anns.getByText('Online', { exact: true }).waitFor()
    await expectAccessible(bens)
    await keepPicture(bens, 'chat')
    await hers.say('Are you there?')
    await row.getByText('2 unread').waitFor()
    await row.getByText('Are you there?').waitFor()
    await hers.message('Are you there?').getByText('Delivered').waitFor()

    await row.click()
    const his = conversationIn(bens)
    await his.message('Are you there?').waitFor()
    await hers.message('Are you there?').getByText('Read', { exact: true }).waitFor()
    await hers.message('First line').getByText('Read', { exact: true }).waitFor()
    await his.field.pressSequentially('Yes')
    await anns.getByText('ben is typing').waitFor()
    await his.field.press('Enter')
    await hers.message('Yes').waitFor()
    await anns.getByText('ben is typing').waitFor({ state: 'detached' })
    await his.message('Yes').getByText('Read', { exact: true }).waitFor()
    expect(await hers.texts()).toEqual(['First line\nsecond line', 'Are you there?', 'Yes'])
    expect(await his.texts()).toEqual(await hers.texts())
    await expectAccessible(anns)
    await keepPicture(anns, 'conversation')

    await bens.getByRole('link', { name: 'All conversations' }).click()
    await row.getByText('You: Yes').waitFor()
    expect(await row.getByText('unread').count()).toBe(0)
    expect([...faults, ...bensFaults]).toStrictEqual([])
  })

  test('what others wrote while the connection was lost arrives once and in order, as does what was written', async () => {
    const { ann, ben, id } = await pair('cara', 'dan')
    await say(ben, id, 'Before')
    const { page, context, faults } = await visitAs(browser, ann, {
      // What a browser says of requests without a network.
      expected: /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/,
    })
    await page.goto(`/chat/${id}`)
    const { message, say: write, texts } = conversationIn(page)
    await message('Before').waitFor()
    await page.getByText('Offline', { exact: true }).waitFor()

    await context.setOffline(true)
    await write('Written without a network')
    await message('Written without a network').getByText('Waiting for a connection').waitFor()
    for (const text of ['One', 'Two', 'Three']) await say(ben, id, text)
    await page.getByText('No live updates just now').waitFor()
    await context.setOffline(false)
    await message('Three').waitFor()
    await message('Written without a network')
      .getByText(/Sent|Delivered/)
      .waitFor()
    await page.getByText('No live updates just now').waitFor({ state: 'detached' })
    const all = ['Before', 'One', 'Two', 'Three', 'Written without a network']
    expect(await texts()).toEqual(all)

    await say(ben, id, 'After')
    await message('After').waitFor()
    expect(await texts()).toEqual([...all, 'After'])
    const { body } = await ben.call('GET', `/chat/conversations/${id}/messages`)
    expect(body.data.messages).toHaveLength(6)
    expect(faults).toStrictEqual([])
  })

  test('a message is edited and withdrawn in both browsers, and its files are shown', async () => {
    const { ann, ben, id } = await pair('eva', 'finn')
    const [{ page: anns, faults }, { page: bens, faults: bensFaults }] = await Promise.all([
      visitAs(browser, ann),
      visitAs(browser, ben, { locale: 'de-DE', viewport: { width: 360, height: 740 } }),
    ])
    await Promise.all([anns.goto(`/chat/${id}`), bens.goto(`/chat/${id}`)])
    const hers = conversationIn(anns)
    const his = bens.getByRole('region', { name: 'Nachrichten' })
    await hers.say('Helo')
    await his.getByText('Helo').waitFor()
    await hers.message('Helo').getByRole('button', { name: 'Edit' }).click()
    const field = anns.getByLabel('New text of the message')
    await expect.poll(() => field.evaluate((one) => one.matches(':focus'))).toBe(true)
    await field.fill('Hello')
    await anns.getByRole('button', { name: 'Save' }).click()
    await his.getByText('Hello').waitFor()
    await his.getByText('bearbeitet').waitFor()
    await hers.message('Hello').getByText('edited').waitFor()

    await anns.locator('input[type=file]').setInputFiles([
      { name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(dot, 'base64') },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Some notes') },
    ])
    await anns.getByRole('button', { name: 'Remove notes.txt' }).waitFor()
    await expect.poll(() => anns.getByRole('progressbar').count()).toBe(0)
    await hers.say('With files')
    await his.getByRole('img', { name: 'Bild in einer Nachricht' }).waitFor()
    await his.getByRole('link', { name: /notes\.txt|Dokument/ }).waitFor()
    await expect
      .poll(() => his.getByRole('img').evaluate((one) => 'naturalWidth' in one && one.naturalWidth))
      .toBeGreaterThan(0)
    // The end of the conversation stays in view as its files become known.
    const belowView = () =>
      his.evaluate(({ scrollHeight, scrollTop, clientHeight }) =>
        Math.round(scrollHeight - scrollTop - clientHeight),
      )
    await expect.poll(belowView).toBeLessThan(2)
    await expectAccessible(bens)
    await keepPicture(bens, 'conversation-360')
    const sideways = () => bens.evaluate('document.documentElement.scrollWidth > innerWidth')
    expect(await sideways()).toBe(false)

    await hers.message('Hello').getByRole('button', { name: 'Withdraw' }).click()
    await anns.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
    await his.getByText('Diese Nachricht wurde zurückgezogen.').waitFor()
    await his.getByText('Hello').waitFor({ state: 'detached' })
    await hers.messages.getByText('This message was withdrawn.').waitFor()
    await bens.getByRole('link', { name: 'Alle Unterhaltungen' }).click()
    await bens.getByRole('link', { name: /eva/ }).waitFor()
    expect(await sideways()).toBe(false)
    await keepPicture(bens, 'chat-360')
    expect([...faults, ...bensFaults]).toStrictEqual([])
  })

  test('earlier messages come above those in view, which stay where they are', async () => {
    const { ann, ben, id } = await pair('gina', 'hal')
    for (let n = 1; n <= 70; n++) await say(n % 2 === 0 ? ann : ben, id, `Message no. ${n}.`)
    const { page, faults } = await visitAs(browser, ann)
    await page.goto(`/chat/${id}`)
    const { message, messages, texts } = conversationIn(page)
    await message('Message no. 70.').waitFor()
    await expect.poll(() => message('Message no. 70.').isVisible()).toBe(true)
    expect(await texts()).toHaveLength(30)
    const seen = message('Message no. 41.')
    await seen.scrollIntoViewIfNeeded()
    await message('Message no. 11.').waitFor({ state: 'attached' })
    const box = await messages.boundingBox()
    const place = await seen.boundingBox()
    expect(place && box && place.y >= box.y - 1 && place.y < box.y + box.height).toBe(true)
    // A message at the end does not move what is read elsewhere.
    await say(ben, id, 'Message no. 71.')
    await message('Message no. 71.').waitFor({ state: 'attached' })
    expect((await seen.boundingBox())?.y).toBe(place?.y)
    await page.getByRole('button', { name: 'New messages' }).click()
    await page.getByRole('button', { name: 'New messages' }).waitFor({ state: 'detached' })
    await messages.press('Home')
    await message('Message no. 1.').waitFor({ state: 'attached' })
    expect(await texts()).toEqual(Array.from({ length: 71 }, (_, at) => `Message no. ${at + 1}.`))
    expect(faults).toStrictEqual([])
  })

  test('a user reads a conversation on one device, and the other shows it', async () => {
    const { ann, ben, id } = await pair('ida', 'jon')
    await say(ben, id, 'Hello Ida')
    const [phone, laptop] = [await visitAs(browser, ann), await visitAs(browser, ann)]
    await laptop.page.goto('/chat')
    const row = laptop.page.getByRole('link', { name: /jon/ })
    await row.getByText('1 unread').waitFor()
    await phone.page.goto(`/chat/${id}`)
    await row.getByText('1 unread').waitFor({ state: 'detached' })
    await conversationIn(phone.page).say('Hello Jon')
    await row.getByText('You: Hello Jon').waitFor()
    expect([...phone.faults, ...laptop.faults]).toStrictEqual([])
  })

  test('texts are text, whatever they contain, and a refusal stays at its message', async () => {
    const { ann, ben, id } = await pair('kim', 'lou')
    const { page, faults } = await visitAs(browser, ann)
    await page.goto(`/chat/${id}`)
    const { message, say: write, texts } = conversationIn(page)
    for (const text of inert) await write(text)
    await message(inert.at(-1) ?? '')
      .getByText('Sent', { exact: true })
      .waitFor()
    expect(await texts()).toEqual(inert)
    expect(await page.evaluate(() => Reflect.get(globalThis, 'isBroken'))).toBeUndefined()
    successOf(await ben.call('POST', `/users/${ann.id}/block`), 200)
    await write('Are you there?')
    await message('Are you there?').getByText('Not sent').waitFor()
    await write('Hello again')
    await message('Hello again').getByText('Not sent').waitFor()
    // Both are offered again, as the messages they were.
    await page.goto('/chat')
    await page.getByRole('link', { name: /lou/ }).getByText('Not sent yet').click()
    await message('Hello again').getByText('Not sent yet').waitFor()
    await expectAccessible(page)
    successOf(await ben.call('DELETE', `/users/${ann.id}/block`), 200)
    await message('Hello again').getByRole('button', { name: 'Send again' }).click()
    await message('Hello again').getByText('Sent', { exact: true }).waitFor()
    await message('Are you there?').getByRole('button', { name: 'Discard' }).click()
    await message('Are you there?').waitFor({ state: 'detached' })
    await page.goto('/chat')
    await page.getByText('You: Hello again').waitFor()
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('agora.private')
    expect(faults).toStrictEqual([])
  })

  test('nobody else sees a conversation, or starts one with themselves; a new one is listed at once', async () => {
    const { id } = await pair('mia', 'noah')
    const other = await agora.shop.register('olga')
    const { page, faults } = await visitAs(browser, other)
    await page.goto(`/chat/${id}`)
    await page.getByText('There is nothing at this address').waitFor()
    await page.goto(`/chat?with=${other.id}`)
    await page.getByText('This conversation cannot be started.').waitFor()
    await page.goto('/chat')
    await page.getByText('No conversations yet').waitFor()
    await expectAccessible(page)
    // One that somebody else begins is there at once.
    const pia = await agora.shop.register('pia')
    const begun = await pia.call('POST', '/chat/conversations', { participantId: other.id })
    await page.getByRole('link', { name: /pia/ }).waitFor()
    await say(pia, successOf(begun, 201).body.data.id, 'Hello Olga')
    await page.getByText('Hello Olga').waitFor()
    expect(faults.filter((fault) => !/40[04]/.test(fault))).toStrictEqual([])
  })
})

/** Texts that a page must not take for anything else. */
const inert = [
  '<script>isBroken = true</script>',
  '<img src=x onerror="isBroken = true">',
  '<a href="javascript:isBroken=true">Click</a>',
  '{{constructor.constructor("isBroken = true")()}}',
  '"><svg onload=isBroken=true>',
]

/** A picture of one pixel. */
const dot =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
