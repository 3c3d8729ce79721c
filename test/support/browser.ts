import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { expect } from 'vitest'

/** Paths of Chromium, the first that exists is used; `CHROMIUM` comes first. The shell without windows is the lightest. */
const places = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

const executablePath = places.find((path) => path !== '' && existsSync(path))

/** Whether a browser is installed; tests of pages are skipped without one. `.ci/run` installs Debian's. */
export const hasBrowser = executablePath !== undefined

/** Time that a page may take to show something on a busy machine, in ms. */
const patience = 60_000

/** A page that remembers what should not happen. */
export type WatchedPage = {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors in the console, uncaught exceptions, and requests that left the host. */
  readonly faults: readonly string[]
}

/** How a visitor's browser differs from a desktop in English. */
export type Visitor = {
  readonly locale?: string
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly colorScheme?: 'light' | 'dark'
  /** Faults that a test provokes, and that are not recorded. */
  readonly expected?: RegExp
}

/** A browser with a context of its own for each visitor. */
export type TestBrowser = AsyncDisposable & {
  readonly browser: Browser
  /** Opens the browser of another visitor of the Agora at `url`. */
  readonly visit: (visitor?: Visitor) => Promise<WatchedPage>
  /** What the open pages show, their faults and their latest refused requests, for the report of a failed test. */
  readonly describePages: () => Promise<string>
}

/** Length of a page's text in the report of a failed test. */
const longestText = 3_000

/** Returns what a page shows, as a screen reader would read it. */
const described = async (
  { page, faults }: WatchedPage,
  refused: readonly string[],
): Promise<string> => {
  const tree = await page
    .locator('body')
    .ariaSnapshot({ timeout: 5_000 })
    .catch((error: unknown) => String(error))
  return [
    `Page at ${page.url()}`,
    ...faults.map((fault) => `  fault: ${fault}`),
    ...refused.slice(-10).map((line) => `  answer: ${line}`),
    tree.slice(-longestText),
  ].join('\n')
}

/**
 * Starts a browser for the pages of an Agora.
 * @param url of the Agora
 */
export const openBrowser = async (url: string): Promise<TestBrowser> => {
  const browser = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    // Root cannot use the sandbox; shared memory is small in containers.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    timeout: patience,
  })
  const open = new Map<WatchedPage, readonly string[]>()
  return {
    browser,
    describePages: async () =>
      (await Promise.all([...open].map(([watched, refused]) => described(watched, refused)))).join(
        '\n\n',
      ),
    visit: async ({ expected, locale = 'en-GB', ...options } = {}) => {
      const context = await browser.newContext({
        baseURL: url,
        locale,
        viewport: { width: 1_280, height: 900 },
        // Animations cost a machine without graphics most of its time.
        reducedMotion: 'reduce',
        ...options,
      })
      context.setDefaultTimeout(patience)
      const faults: string[] = []
      const record = (fault: string): void => {
        if (!expected?.test(fault)) faults.push(fault)
      }
      const page = await context.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error') record(`${message.text()} at ${message.location().url}`)
      })
      page.on('pageerror', (error) => record(String(error.stack ?? error)))
      page.on('request', (request) => {
        const { protocol, origin } = new URL(request.url())
        if (/^(?:https?|wss?):$/.test(protocol) && origin !== new URL(url).origin)
          record(`left the host: ${request.url()}`)
      })
      const refused: string[] = []
      page.on('response', (answer) => {
        if (answer.status() >= 400)
          refused.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`)
      })
      const watched = { page, context, faults }
      open.set(watched, refused)
      page.once('close', () => open.delete(watched))
      return watched
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** Signs a visitor in by the form. */
export const signInAs = async (
  page: Page,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> => {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  // Holds at every width and in the language of the account, which the header's words do not.
  await page.waitForURL(({ pathname }) => pathname !== '/sign-in', { waitUntil: 'commit' })
}

/** Folder of the screenshots that a run leaves; not in the repository. */
const screenshots = join(import.meta.dirname, '../../web/screenshots')

/** Leaves a picture of the whole page. @param name of the file, without its ending */
export const keepPicture = async (page: Page, name: string): Promise<void> => {
  await mkdir(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
}

const axe = join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js')

/** Asserts that a page, seen from its top, has no violation of WCAG 2.2 AA that axe finds. */
export const expectAccessible = async (page: Page): Promise<void> => {
  // A button that is busy is pale for as long: what it waits for may end while axe looks.
  await page.locator('button[aria-disabled="true"]').first().waitFor({ state: 'detached' })
  // Its colour comes back by a transition, which a busy machine draws late.
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(() => {})',
  )
  // For axe, a link that has been scrolled halfway beneath the sticky header is too small a target.
  await page.evaluate('window.scrollTo(0, 0)')
  // Evaluated by the debugger, which the content security policy does not concern; once a document.
  if (!(await page.evaluate("'axe' in globalThis")))
    await page.evaluate(await readFile(axe, 'utf8'))
  const violations = await page.evaluate(async () => {
    const run = Reflect.get(globalThis, 'axe').run
    const found = await run(Reflect.get(globalThis, 'document'), {
      // Details of what passes would cost half of the time.
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    })
    return found.violations.map(
      (one: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
        `${one.id}: ${one.nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    )
  })
  expect(violations).toStrictEqual([])
}
