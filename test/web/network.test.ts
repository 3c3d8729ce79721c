import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { expectAccessible, hasBrowser, keepPicture } from '../support/browser.ts'
import { png } from '../support/files.ts'
import { hostileTexts } from '../support/hostile-texts.ts'
import { publish, remark, setPrivacy } from '../support/posting.ts'
import { successOf, type Person } from '../support/shop.ts'
import { visitAs } from '../support/visit-as.ts'
import { visitedAgora } from '../support/visited-agora.ts'

const { agora, browser } = visitedAgora()

const phone = { viewport: { width: 360, height: 740 } }

/** Opens an account with a name. */
const join = async (name: string): Promise<Person> => {
  const person = await agora.shop.register()
  successOf(await person.call('PATCH', `/users/${person.id}`, { name }), 200)
  return person
}

const follow = async (follower: Person, followee: Person): Promise<void> => {
  successOf(await follower.call('POST', `/users/${followee.id}/follow`), 200)
}

/** The post with a text on a page. */
const postWith = (page: Page, text: string): Locator =>
  page.getByRole('article').filter({ hasText: text })

const write = async (page: Page, text: string): Promise<void> => {
  await page.getByLabel('What is new?').fill(text)
  await page.getByRole('button', { name: 'Publish' }).click()
  await postWith(page, text).waitFor()
}

/** Whether a page is wider than its window, so that it scrolls sideways. */
const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')

describe.skipIf(!hasBrowser)('the network in a browser', () => {
  test('a post with a picture reaches the feed of a follower live; likes and comments come back without a reload', async () => {
    const [ada, ben] = [await join('Ada'), await join('Ben')]
    await follow(ben, ada)
    await publish(ada.call, { content: 'From before' })
    const writer = await visitAs(browser, ada)
    const reader = await visitAs(browser, ben)
    await Promise.all([writer.page.goto('/feed'), reader.page.goto('/feed')])
    await postWith(writer.page, 'From before').waitFor()
    await postWith(reader.page, 'From before').waitFor()

    // The upload waits until its progress has been seen.
    const gate = Promise.withResolvers<void>()
    await writer.page.route('**/api/v1/media/upload', async (route) => {
      await gate.promise
      await route.continue()
    })
    await writer.page.getByLabel('Pictures').setInputFiles({
      name: 'lamp.png',
      mimeType: 'image/png',
      buffer: png(400, 300),
    })
    await writer.page.getByRole('progressbar', { name: 'Uploading lamp.png' }).waitFor()
    gate.resolve()
    await writer.page.getByText('Uploaded', { exact: false }).waitFor()
    const { body: me } = await ben.call('GET', '/users/me')
    const text = `A new #lamp for @${me.data.username}`
    await write(writer.page, text)
    expect(await writer.page.getByLabel('What is new?').inputValue()).toBe('')

    const before = await postWith(reader.page, 'From before').boundingBox()
    await reader.page.getByRole('button', { name: '1 new post' }).waitFor()
    expect(await postWith(reader.page, 'A new').count()).toBe(0)
    expect((await postWith(reader.page, 'From before').boundingBox())?.height).toBe(before?.height)
    await reader.page.getByRole('button', { name: '1 new post' }).click()
    const post = postWith(reader.page, text)
    await post.getByRole('img', { name: 'Picture 1 of 1 by Ada' }).waitFor()
    expect(await post.getByRole('link', { name: '#lamp' }).getAttribute('href')).toContain(
      encodeURIComponent('#lamp'),
    )
    expect(await post.getByRole('link', { name: '@' }).getAttribute('href')).toBe(
      `/people/${ben.id}`,
    )

    const own = postWith(writer.page, text)
    await post.getByRole('button', { name: '0 likes' }).click()
    await own.getByRole('button', { name: '1 like', exact: false }).waitFor()
    await post.getByRole('button', { name: '0 comments' }).click()
    await post.getByLabel('Your comment').fill('Warm light')
    await post.getByRole('button', { name: 'Send' }).click()
    await post.getByText('Warm light').waitFor()
    await own.getByRole('button', { name: '1 comment' }).click()
    await own.getByText('Warm light').waitFor()

    await own.getByRole('button', { name: 'Answer Ben' }).click()
    await own.getByLabel('Your answer to Ben').fill('Thank you')
    await own.getByRole('button', { name: 'Send' }).last().click()
    await post.getByText('Thank you').waitFor()
    await post.getByRole('button', { name: '2 comments' }).waitFor()
    await keepPicture(writer.page, 'feed')
    await expectAccessible(writer.page)

    await post.getByRole('button', { name: 'Delete comment by Ben' }).click()
    await reader.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await post.getByText('This comment was deleted.').waitFor()
    await own.getByText('This comment was deleted.').waitFor()
    await own.getByText('Thank you').waitFor()

    await own.getByRole('button', { name: 'Edit post' }).click()
    await own.getByLabel('Text of the post').fill('A better text')
    await own.getByRole('button', { name: 'Save' }).click()
    await postWith(reader.page, 'A better text').getByText('edited').waitFor()
    await postWith(writer.page, 'A better text')
      .getByRole('button', { name: 'Delete post' })
      .click()
    await writer.page.getByRole('dialog').getByRole('button', { name: 'Delete post' }).click()
    await postWith(reader.page, 'A better text').waitFor({ state: 'detached' })
    await postWith(reader.page, 'From before').waitFor()
    expect([...writer.faults, ...reader.faults]).toStrictEqual([])
  })

  test('a feed is read page by page, and what came while a reader was offline waits for them', async () => {
    const [cid, dee] = [await join('Cid'), await join('Dee')]
    await follow(dee, cid)
    for (let nth = 1; nth <= 23; nth += 1) await publish(cid.call, { content: `Note ${nth}.` })
    const { page, context, faults } = await visitAs(browser, dee, {
      ...phone,
      expected: /ERR_INTERNET_DISCONNECTED/,
    })
    await page.goto('/feed')
    await postWith(page, 'Note 23.').waitFor()
    await page.getByRole('button', { name: 'Show more' }).click()
    await postWith(page, 'Note 1.').waitFor()
    expect(await page.getByRole('article').count()).toBe(23)
    expect(await isTooWide(page)).toBe(false)

    await context.setOffline(true)
    await publish(cid.call, { content: 'Missed one.' })
    await publish(cid.call, { content: 'Missed two.' })
    await context.setOffline(false)
    await page.getByRole('button', { name: '2 new posts' }).click()
    await postWith(page, 'Missed one.').waitFor()
    await postWith(page, 'Missed two.').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'feed-phone')
    expect(faults).toStrictEqual([])
  })

  test('a like that the API refuses is taken back', async () => {
    const eve = await join('Eve')
    await publish(eve.call, { content: 'Likeable' })
    const { page, faults } = await visitAs(browser, eve, { expected: /403/ })
    await page.goto('/feed')
    await page.route('**/like', (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'forbidden', detail: 'Not you.', status: 403 }),
      }),
    )
    await page.getByRole('button', { name: '0 likes' }).click()
    await page.getByText('Not you.').waitFor()
    const button = page.getByRole('button', { name: '0 likes' })
    await button.waitFor()
    expect(await button.getAttribute('aria-pressed')).toBe('false')
    expect(faults).toStrictEqual([])
  })

  test('faults of files are shown at the files, which can be removed', async () => {
    const fay = await join('Fay')
    const { page, faults } = await visitAs(browser, fay, { expected: /41[35]/ })
    await page.goto('/feed')
    const bytesOf: Readonly<Record<string, Buffer>> = {
      'broken.png': png(30, 20).subarray(0, 50),
      'good.png': png(30, 20),
    }
    const files = ['notes.txt', 'broken.png', 'good.png', 'text.png'].map((name) => ({
      name,
      mimeType: name.endsWith('.txt') ? 'text/plain' : 'image/png',
      buffer: bytesOf[name] ?? Buffer.from('Some words'),
    }))
    await page.getByLabel('Pictures').setInputFiles(files)
    const item = (name: string): Locator => page.getByRole('listitem').filter({ hasText: name })
    await item('notes.txt').getByText('Files of this kind are not accepted here.').waitFor()
    await item('text.png').getByText('Files of this kind are not accepted here.').waitFor()
    await item('good.png').getByText('Uploaded').waitFor()
    await item('broken.png').getByText('This picture cannot be read.').waitFor()
    await keepPicture(page, 'composer')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Remove notes.txt' }).click()
    await page.getByRole('button', { name: 'Remove broken.png' }).click()
    await page.getByRole('button', { name: 'Remove text.png' }).click()
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByRole('img', { name: 'Picture 1 of 1 by Fay' }).waitFor()
    expect(faults).toStrictEqual([])
  })

  test('a private profile is asked first, and seen once its owner accepts', async () => {
    const [gus, hal] = [await join('Gus'), await join('Hal the quiet')]
    await setPrivacy(hal.call, 'private')
    await publish(hal.call, { content: 'For friends' })
    const asking = await visitAs(browser, gus)
    const { page } = asking
    await page.goto(`/people/${hal.id}`)
    await page.getByText('This profile is private.').waitFor()
    expect(await page.getByText('Hal the quiet').count()).toBe(0)
    await keepPicture(page, 'profile-private')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Ask to follow' }).click()
    await page.getByRole('button', { name: 'Withdraw request' }).waitFor()

    const asked = await visitAs(browser, hal)
    await asked.page.goto('/follow-requests')
    await asked.page.getByRole('button', { name: 'Accept Gus' }).waitFor()
    await keepPicture(asked.page, 'follow-requests')
    await expectAccessible(asked.page)
    await asked.page.getByRole('button', { name: 'Accept Gus' }).click()
    await asked.page.getByText('Nobody is waiting for your answer.').waitFor()

    await page.reload()
    await page.getByRole('heading', { name: 'Hal the quiet' }).waitFor()
    await postWith(page, 'For friends').waitFor()
    await page.getByRole('link', { name: '1 follower' }).click()
    await page.getByRole('heading', { name: 'Followers of Hal the quiet' }).waitFor()
    await page.getByRole('link', { name: 'Gus' }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'followers')
    await page.goBack()
    await page.getByRole('button', { name: 'Unfollow' }).click()
    await page.getByText('This profile is private.').waitFor()
    expect([...asking.faults, ...asked.faults]).toStrictEqual([])
  })

  test('people are found, followed and blocked; a block hides the posts of both', async () => {
    const [ida, jon] = [await join('Ida Lampmaker'), await join('Jon')]
    await publish(ida.call, { content: 'Seen by all' })
    const { page, faults } = await visitAs(browser, jon, phone)
    await page.goto('/people')
    await page.getByLabel('Search people').fill('lampmaker')
    await page.getByRole('main').getByRole('button', { name: 'Search' }).click()
    await page.getByText('1 person').waitFor()
    expect(new URL(page.url()).search).toBe('?q=lampmaker')
    expect(await isTooWide(page)).toBe(false)
    await expectAccessible(page)
    await keepPicture(page, 'people-phone')
    await page.getByRole('link', { name: 'Ida Lampmaker' }).click()
    await postWith(page, 'Seen by all').waitFor()
    await page.getByRole('button', { name: 'Follow', exact: true }).click()
    await page.getByRole('link', { name: '1 follower' }).waitFor()
    await page.getByRole('button', { name: 'Unfollow' }).waitFor()
    expect(await isTooWide(page)).toBe(false)
    await expectAccessible(page)
    await keepPicture(page, 'profile-phone')
    expect(await page.getByRole('link', { name: 'Message' }).getAttribute('href')).toBe(
      `/chat?with=${ida.id}`,
    )

    await page.getByRole('button', { name: 'Block' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click()
    await page.getByText('You may not see the posts of this person.').waitFor()
    expect(await postWith(page, 'Seen by all').count()).toBe(0)
    await page.goto('/feed')
    await page.getByText('Your feed is empty.', { exact: false }).waitFor()
    const other = await visitAs(browser, ida)
    await other.page.goto(`/people/${jon.id}`)
    await other.page.getByText('You may not see the posts of this person.').waitFor()

    await page.goto(`/people/${ida.id}`)
    await page.getByRole('button', { name: 'Unblock' }).click()
    await postWith(page, 'Seen by all').waitFor()
    expect([...faults, ...other.faults]).toStrictEqual([])
  })

  test('visitors without an account are told to sign in', async () => {
    const { page, faults } = await browser.visit(phone)
    for (const path of ['/feed', '/people', '/follow-requests']) {
      await page.goto(path)
      await page.getByText('Sign in to take part').waitFor()
    }
    await page.goto('/feed')
    const link = page.getByRole('main').getByRole('link', { name: 'Sign in' })
    expect(await link.getAttribute('href')).toBe('/sign-in?next=%2Ffeed')
    expect(await isTooWide(page)).toBe(false)
    await expectAccessible(page)
    expect(faults).toStrictEqual([])
  })

  test('a post that is gone says so at its address, in German', async () => {
    const kim = await join('Kim')
    const id = await publish(kim.call, { content: 'Soon gone' })
    await remark(kim.call, id, { content: 'A comment' })
    const { page, faults } = await visitAs(browser, kim, { locale: 'de-DE', expected: /404/ })
    await page.goto(`/posts/${id}`)
    await page.getByText('A comment').waitFor()
    await page.getByRole('button', { name: '1 Kommentar' }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'post-german')
    successOf(await kim.call('DELETE', `/posts/${id}`), 200)
    await page.getByText('Diesen Beitrag gibt es nicht mehr', { exact: false }).waitFor()
    expect(faults).toStrictEqual([])
  })

  test('texts that try to run scripts are shown as they were written', async () => {
    const { page, faults } = await visitAs(browser, await join('Mallory'))
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    const mallory = await agora.shop.register()
    const [first] = hostileTexts
    const bio = hostileTexts.join('\n')
    const names = hostileTexts.filter(({ length }) => length <= 60)
    for (const name of names) await follow(await join(name), mallory)
    successOf(await mallory.call('PATCH', `/users/${mallory.id}`, { name: first, bio }), 200)
    await page.goto(`/people/${mallory.id}/followers`)
    await page.getByRole('heading', { name: `Followers of ${first}` }).waitFor()
    expect(await page.title()).toBe(`Followers of ${first} – Agora`)
    for (const name of names) await page.getByRole('link', { name, exact: true }).waitFor()
    await page.getByRole('link', { name: 'To the profile' }).click()
    await page.getByText(bio).waitFor()

    const postId = await publish(mallory.call, { content: bio })
    for (const content of hostileTexts) await remark(mallory.call, postId, { content })
    await page.goto(`/posts/${postId}`)
    await page.getByRole('heading', { name: `Post by ${first}` }).waitFor()
    const text = await page.getByRole('article').innerText()
    for (const hostile of hostileTexts) {
      expect(text).toContain(hostile)
      await page.getByText(hostile, { exact: true }).last().waitFor()
    }
    await page.getByLabel('Your comment').fill(bio)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('button', { name: `${hostileTexts.length + 1} comments` }).waitFor()
    await page.goto('/feed')
    await write(page, bio)
    await page.goto(`/people?q=${encodeURIComponent(first)}`)
    await page
      .getByText(/people$|person$|Nobody/)
      .first()
      .waitFor()
    expect(
      await page.evaluate('document.querySelectorAll("main script, main iframe").length'),
    ).toBe(0)
    expect(dialogs).toStrictEqual([])
    expect(faults).toStrictEqual([])
  })
})
