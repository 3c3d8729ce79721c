import { createECDH, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { agoraHere } from '../support/agora.ts'
import { expectAccessible, hasBrowser, keepPicture, signInAs } from '../support/browser.ts'
import { testProvider, type TestProvider } from '../support/identity-provider.ts'
import { mailTo, tokenIn } from '../support/outbox.ts'
import { visitedAgora } from '../support/visited-agora.ts'

let acme: TestProvider
// Defined first, so that the provider ends last.
afterAll(() => acme?.[Symbol.asyncDispose]())
const { agora, browser } = visitedAgora(async () => {
  acme = await testProvider()
  return agoraHere({
    OAUTH_PROVIDERS: JSON.stringify({ acme: { issuer: acme.issuer, clientId: 'agora' } }),
  })
})

/** A push service that a browser without one is given: its subscription is the same each time. */
const pushService = (): string => {
  const pair = createECDH('prime256v1')
  const keys = {
    p256dh: pair.generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }
  const sent = JSON.stringify({ endpoint: 'https://push.example/send/a', keys })
  return `
    let current = null
    const sent = ${sent}
    const subscription = {
      endpoint: sent.endpoint,
      toJSON: () => sent,
      unsubscribe: async () => { current = null; return true },
    }
    const pushManager = {
      subscribe: async () => (current = subscription),
      getSubscription: async () => current,
    }
    const registration = { pushManager }
    const value = {
      register: async () => registration,
      ready: Promise.resolve(registration),
      getRegistration: async () => registration,
    }
    Object.defineProperty(navigator, 'serviceWorker', { value })
    Notification.requestPermission = async () => 'granted'
  `
}

/** Asserts that scripts can read no token: neither in storage, nor in cookies, nor in the address. */
const expectNoToken = async (
  page: Page,
  context: BrowserContext,
  ...links: readonly string[]
): Promise<void> => {
  const cookies = await context.cookies()
  expect(cookies.every(({ httpOnly }) => httpOnly)).toBe(true)
  const readable: string = await page.evaluate(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])',
  )
  expect(readable).toContain('agora.')
  expect(readable).not.toMatch(/eyJ[\w-]+\./)
  for (const secret of [...cookies.map(({ value }) => value), ...links])
    expect(readable).not.toContain(secret)
}

const expectNoSidewaysScroll = async (page: Page): Promise<void> => {
  const width: number = await page.evaluate('document.documentElement.scrollWidth')
  expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0)
}

const submit = (page: Page, name: string) =>
  page.getByRole('main').getByRole('button', { name, exact: true }).click()

describe.skipIf(!hasBrowser)('accounts in a browser', () => {
  test('a visitor signs up, confirms the address, forgets the password and sets another', async () => {
    const email = 'ada@example.org'
    const { page, context, faults } = await browser.visit({ expected: /40[019]/ })
    await page.goto('/account')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page
      .getByRole('button', { name: 'Continue with Acme' })
      .or(page.getByRole('link', { name: 'Continue with Acme' }))
      .waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'sign-in')

    await page.getByRole('link', { name: 'No account yet? Sign up' }).click()
    await page.getByRole('heading', { name: 'Sign up' }).waitFor()
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Username').fill('ada')
    await page.getByLabel('Password').fill('password1')
    await submit(page, 'Sign up')
    await page.getByText('is one of the first that others would guess').waitFor()
    expect(await page.getByLabel('Password').getAttribute('aria-invalid')).toBe('true')
    await expectAccessible(page)
    await keepPicture(page, 'sign-up')
    await page.getByLabel('Password').fill('a long password')
    await submit(page, 'Sign up')
    await page.waitForURL('**/account')
    await page.getByText('Please confirm your address ada@example.org').waitFor()
    await expectNoToken(page, context)
    await expectAccessible(page)
    await keepPicture(page, 'account')

    const verify = tokenIn(
      await mailTo(agora.data, email, 'Is this your e-mail address?'),
      'verify',
    )
    await page.goto(`/verify?token=${verify}`)
    await page.getByRole('button', { name: 'Yes, confirm it' }).waitFor()
    await expectNoToken(page, context, verify)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Yes, confirm it' }).click()
    await page.getByText('your address is confirmed').waitFor()
    await keepPicture(page, 'verify')
    await page.getByRole('link', { name: 'Account', exact: true }).click()
    await page.getByRole('heading', { name: 'About you' }).waitFor()
    expect(await page.getByText('Please confirm your address').count()).toBe(0)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill('wrong')
    await submit(page, 'Sign in')
    await page.getByRole('alert').getByText('do not belong together').waitFor()
    await page.getByRole('button', { name: 'Show password' }).click()
    expect(await page.getByLabel('Password').getAttribute('type')).toBe('text')
    await page.getByRole('link', { name: 'Forgotten your password?' }).click()
    // The page before has such a field too.
    await page.getByRole('heading', { name: 'Forgotten password' }).waitFor()
    await page.getByLabel('E-mail').fill(email)
    await submit(page, 'Send the mail')
    await page.getByText('the mail is on its way').waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'forgot')

    const reset = tokenIn(await mailTo(agora.data, email, 'Set a new password'), 'reset')
    await page.goto(`/reset?token=${reset}`)
    await page.getByLabel('New password').fill('another long password')
    await expectNoToken(page, context, reset)
    await expectAccessible(page)
    await keepPicture(page, 'reset')
    await submit(page, 'Set password')
    await page.getByText('Your new password is set').waitFor()
    await page.goto(`/reset?token=${reset}`)
    await page.getByText('This link is too old, or was used before').waitFor()

    await signInAs(page, { email, password: 'another long password' })
    await expectNoToken(page, context, verify, reset)
    expect(faults).toStrictEqual([])
  })

  test('too many wrong passwords are explained, with the time to wait', async () => {
    const eve = await agora.shop.register('eve')
    const { page, faults } = await browser.visit({ expected: /401|429/ })
    // Each further attempt waits twice as long: an attempt of the page after a wait begins a longer one, which the next meets.
    const wrong = { email: eve.email, password: 'wrong' }
    await Promise.all(
      Array.from({ length: 12 }, () => agora.shop.anyone('POST', '/auth/login', wrong)),
    )
    await page.goto('/sign-in')
    await page.getByLabel('E-mail').fill(eve.email)
    await page.getByLabel('Password').fill('wrong')
    for (let status = 0; status !== 429;) {
      const answer = page.waitForResponse('**/auth/login')
      await submit(page, 'Sign in')
      status = (await answer).status()
      // Another attempt is possible once the page shows the answer.
      await page.getByRole('alert').waitFor()
    }
    await page.getByText(/That was tried too often. Wait \d+ s/).waitFor()
    expect(faults).toStrictEqual([])
  })

  test('refusals are explained in the language of the page', async () => {
    const { page, faults } = await browser.visit({ locale: 'de-DE', expected: /40[09]/ })
    await page.goto('/sign-up')
    await page.getByLabel('E-Mail').fill('else@example.org')
    await page.getByLabel('Benutzername').fill('-else')
    await page.getByLabel('Passwort').fill('password1')
    await submit(page, 'Registrieren')
    await page.getByText('muss mit einem Buchstaben oder einer Ziffer beginnen').waitFor()
    await page.getByLabel('Benutzername').fill('else')
    await submit(page, 'Registrieren')
    await page.getByText('ist eines der ersten, die andere erraten würden').waitFor()
    expect(faults).toStrictEqual([])
  })

  test('a session that another browser ends is signed out there at once', async () => {
    const bob = await agora.shop.register('bob')
    const one = await browser.visit()
    const other = await browser.visit({ expected: /401/ })
    await signInAs(one.page, bob)
    await signInAs(other.page, bob)
    await other.page.goto('/account/privacy')
    await other.page.getByRole('heading', { name: 'Who sees your profile' }).waitFor()

    await one.page.goto('/account/security')
    await one.page.getByText('this session').waitFor()
    await expectAccessible(one.page)
    await keepPicture(one.page, 'security')
    await one.page.getByRole('button', { name: 'End session: Chrome on Linux' }).first().click()
    await one.page
      .getByRole('dialog')
      .getByRole('button', { name: 'End session', exact: true })
      .click()
    await other.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(new URL(other.page.url()).search).toBe('?next=%2Faccount%2Fprivacy')

    await one.page.getByRole('button', { name: 'End all other sessions' }).click()
    await one.page
      .getByRole('dialog')
      .getByRole('button', { name: 'End all other sessions' })
      .click()
    await one.page
      .getByRole('button', { name: 'End all other sessions' })
      .first()
      .waitFor({ state: 'detached' })
    await one.page.getByText('this session').waitFor()
    expect([...one.faults, ...other.faults]).toStrictEqual([])
  })

  test('the sign-in at an identity provider returns to where it began, and identities are linked and unlinked', async () => {
    acme.isUsedBy({ sub: 'carl-1', email: 'carl@example.org', email_verified: true, name: 'Carl' })
    const { page, context, faults } = await browser.visit({ expected: /left the host/ })
    await page.goto('/account/security')
    await page.getByRole('link', { name: 'Continue with Acme' }).click()
    await page.waitForURL('**/account/security')
    await page.getByText('linked since').waitFor()
    await page.getByText('You sign in at another site and have no password here.').waitFor()
    await expectNoToken(page, context)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()

    const dora = await agora.shop.register('dora')
    acme.isUsedBy({ sub: 'dora-1', email: 'dora@example.com', email_verified: true })
    await signInAs(page, dora)
    await page.goto('/account/security')
    await page.getByRole('button', { name: 'Link Acme' }).click()
    await page.getByRole('dialog').getByLabel('Your password').fill(dora.password)
    await page.getByRole('dialog').getByRole('button', { name: 'Go to Acme' }).click()
    await page.getByText('linked since').waitFor()
    await page.getByRole('button', { name: 'Unlink Acme' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Unlink', exact: true }).click()
    await page.getByRole('button', { name: 'Link Acme' }).waitFor()
    expect(faults).toStrictEqual([])
  })

  test('a cancelled sign-in at a provider is explained by a page', async () => {
    const { page, faults } = await browser.visit({ expected: / 40\d / })
    await page.goto('/api/v1/auth/oauth/acme/callback?error=access_denied&state=x')
    await page.getByText('begin again').waitFor()
    await page.getByRole('link', { name: 'Go on' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    expect(faults).toStrictEqual([])
  })

  test('the profile, the password and the address are changed', async () => {
    const gil = await agora.shop.register('gil')
    const { page, faults } = await browser.visit({ expected: /40[03]/ })
    await signInAs(page, gil)
    await page.getByRole('link', { name: 'Account', exact: true }).click()
    await page.getByLabel('Name', { exact: false }).first().fill('<img src=x onerror=alert(1)>')
    await page.getByLabel('About me').fill('"><script>alert(1)</script>')
    await page.getByLabel('Username').fill('root')
    await submit(page, 'Save')
    await page.getByText('is a name that nobody can have').waitFor()
    await page.getByLabel('Username').fill('gilbert')
    await submit(page, 'Save')
    await page.getByText('Saved.').waitFor()
    await page.getByLabel('Picture file').setInputFiles({
      name: 'me.png',
      mimeType: 'image/png',
      buffer: Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
        'base64',
      ),
    })
    await page.getByRole('button', { name: 'Remove the picture' }).waitFor()
    const me = (await gil.call('GET', '/users/me')).body.data
    expect(me).toMatchObject({
      username: 'gilbert',
      name: '<img src=x onerror=alert(1)>',
      avatarMediaId: expect.any(String),
    })

    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByLabel('Current password').fill('wrong')
    await page.getByLabel('New password').fill('a much longer password')
    await submit(page, 'Change password')
    await page.locator('[aria-invalid="true"]').waitFor()
    await page.getByLabel('Current password').fill(gil.password)
    await submit(page, 'Change password')
    await page.getByText('Your password is changed.').waitFor()

    await page.getByLabel('New e-mail address').fill('gilbert@example.org')
    await page.getByLabel('Your password').fill('a much longer password')
    await submit(page, 'Change e-mail address')
    await page.getByText('Please confirm the change by the mail to gilbert@example.org').waitFor()
    const mail = await mailTo(agora.data, 'gilbert@example.org', 'Is this your new e-mail address?')
    await page.goto(`/verify?token=${tokenIn(mail, 'verify')}`)
    await page.getByRole('button', { name: 'Yes, use this address' }).click()
    await page.getByText('Sign in with the new address from now on').waitFor()
    // The session that requested the change stays.
    await page.getByRole('link', { name: 'Account', exact: true }).click()
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByText('Your address is gilbert@example.org').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    await signInAs(page, { email: 'gilbert@example.org', password: 'a much longer password' })
    expect(faults).toStrictEqual([])
  })

  test('language and theme are of the account, in every browser', async () => {
    const hans = await agora.shop.register('hans')
    const { page, faults } = await browser.visit()
    await signInAs(page, hans)
    await page.goto('/account/preferences')
    await page.getByLabel('Theme').selectOption('dark')
    await page.getByLabel('Language', { exact: false }).first().selectOption('de')
    await page.getByLabel('Time zone').selectOption('Europe/Berlin')
    await page
      .getByRole('region', { name: 'Display' })
      .getByRole('button', { name: 'Save' })
      .click()
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    await expectAccessible(page)
    await keepPicture(page, 'preferences-dark-de')

    const { page: elsewhere, faults: others } = await browser.visit()
    await signInAs(elsewhere, hans)
    await elsewhere.getByRole('button', { name: 'Abmelden' }).waitFor()
    expect(await elsewhere.locator('html').getAttribute('lang')).toBe('de')
    await elsewhere.locator('html[data-theme="dark"]').waitFor()
    await elsewhere.getByRole('button', { name: 'Abmelden' }).click()
    await elsewhere.locator('html:not([data-theme])').waitFor()
    expect([...faults, ...others]).toStrictEqual([])
  })

  test('notifications are chosen by kind and channel, and wait in quiet hours', async () => {
    const ida = await agora.shop.register('ida')
    const { page, faults } = await browser.visit()
    await signInAs(page, ida)
    await page.goto('/account/preferences')
    await page.getByLabel('Order shipped: Text message').check()
    await page.getByLabel('New follower: Push message').uncheck()
    await page.getByLabel('Quiet hours').check()
    await page.getByLabel('From', { exact: true }).fill('21:30')
    await page.getByLabel('I agree to advertisements').check()
    await page
      .getByRole('region', { name: 'Notifications' })
      .getByRole('button', { name: 'Save' })
      .click()
    await page.getByText('Saved.').waitFor()
    const { body } = await ida.call('GET', '/users/me/preferences')
    expect(body.data).toMatchObject({
      kinds: { order_shipped: { sms: true }, followed: { push: false } },
      quietHours: { from: '21:30', to: '07:00' },
      marketing: true,
    })
    await page.reload()
    expect(await page.getByLabel('Order shipped: Text message').isChecked()).toBe(true)

    await page.getByLabel('Telephone for text messages').last().fill('+49 151 12345678')
    await page.getByRole('button', { name: 'Send a code' }).click()
    await page.getByRole('button', { name: 'Remove +4915112345678' }).waitFor()
    await page.getByLabel('Code').fill('000000')
    await page.getByRole('button', { name: 'Confirm the telephone' }).click()
    await page.getByText('is not the one that was sent last').waitFor()
    await page.getByRole('button', { name: 'Remove +4915112345678' }).click()
    await page.getByRole('button', { name: 'Remove +4915112345678' }).waitFor({ state: 'detached' })
    expect(faults.filter((fault) => !/ 400 /.test(fault))).toStrictEqual([])
  })

  test('push messages are turned on and off in this browser, and off with the session', async () => {
    const nina = await agora.shop.register('nina')
    const { page, context, faults } = await browser.visit()
    await context.addInitScript(pushService())
    const devices = async () => (await nina.call('GET', '/notifications/devices')).body.data.devices
    await signInAs(page, nina)
    await page.goto('/account/preferences')
    await page.getByRole('button', { name: 'Turn on' }).click()
    await page.getByText('This browser shows push messages').waitFor()
    expect(await devices()).toMatchObject([{ kind: 'webpush', host: 'push.example' }])
    await page.getByRole('button', { name: 'Turn off' }).click()
    await page.getByText('This browser shows no push messages').waitFor()
    expect(await devices()).toStrictEqual([])

    await page.getByRole('button', { name: 'Turn on' }).click()
    await page.getByText('This browser shows push messages').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    expect(await devices()).toStrictEqual([])
    expect(faults).toStrictEqual([])
  })

  test('the profile is made private, and a blocked person is unblocked', async () => {
    const [jan, kim] = [await agora.shop.register('jan'), await agora.shop.register('kim')]
    await jan.call('POST', `/users/${kim.id}/block`)
    const { page, faults } = await browser.visit()
    await signInAs(page, jan)
    await page.goto('/account/privacy')
    await page.getByLabel('Followers whom you accept').check()
    await submit(page, 'Save')
    await page.getByText('Saved.').waitFor()
    await page.getByRole('button', { name: 'Unblock kim' }).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'privacy')
    await page.getByRole('button', { name: 'Unblock kim' }).click()
    await page.getByText('You block nobody.').waitFor()
    expect((await jan.call('GET', '/users/me/settings')).body.data.privacy).toBe('private')
    expect(faults).toStrictEqual([])
  })

  test('the data are downloaded, and the account is deleted', async () => {
    const lea = await agora.shop.register('lea')
    const lamp = await agora.shop.sell(5, 900, 'Lamp')
    await lea.settled(await lea.buy({ [lamp]: 1 }))
    await lea.call('POST', '/posts', { content: 'A post of mine' })
    const { page, context, faults } = await browser.visit({ expected: /401/ })
    await signInAs(page, lea)
    await page.goto('/account/data')
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download', exact: true }).click()
    const file = await saved
    expect(file.suggestedFilename()).toBe('agora-lea.json')
    const data = JSON.parse(await readFile(await file.path(), 'utf8'))
    expect(data).toMatchObject({
      profile: { email: lea.email },
      orders: [{ items: [{ refId: lamp }] }],
      posts: [{ content: 'A post of mine' }],
    })
    await expectAccessible(page)
    await keepPicture(page, 'your-data')

    await page.getByRole('button', { name: 'Delete the account …' }).click()
    await page.getByLabel('Type your username lea').fill('leo')
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('is not your username').waitFor()
    await page.getByLabel('Type your username lea').fill('lea')
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByRole('heading', { name: 'Goodbye' }).waitFor()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    await keepPicture(page, 'goodbye')
    expect((await context.cookies()).map(({ name }) => name)).not.toContain('agora_token')
    expect(faults).toStrictEqual([])
  })

  test('all account pages fit a narrow screen', async () => {
    const mia = await agora.shop.register('mia')
    const { page, faults } = await browser.visit({ viewport: { width: 360, height: 740 } })
    for (const name of ['sign-in', 'sign-up', 'forgot']) {
      await page.goto(`/${name}`)
      await page.getByRole('main').getByRole('button').first().waitFor()
      await expectNoSidewaysScroll(page)
    }
    await signInAs(page, mia)
    for (const [path, heading] of [
      ['', 'About you'],
      ['/security', 'Sessions'],
      ['/privacy', 'Blocked people'],
      ['/preferences', 'Devices for notifications'],
      ['/data', 'Delete your account'],
    ] as const) {
      await page.goto(`/account${path}`)
      await page.getByRole('heading', { name: heading }).waitFor()
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
      await keepPicture(page, `account${path.replace('/', '-')}-narrow`)
    }
    expect(faults).toStrictEqual([])
  })
})
