import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { agoraHere, type AgoraHere } from './agora.ts'
import { hasBrowser, openBrowser, type TestBrowser, type WatchedPage } from './browser.ts'

/** What tests of pages use of an Agora and of a browser. */
export type VisitedAgora = {
  readonly agora: Pick<AgoraHere, 'shop' | 'data' | 'postgresUrl'>
  readonly browser: Omit<TestBrowser, keyof AsyncDisposable | 'describePages'>
}

/**
 * Starts an Agora and a browser before the tests of a file, and stops them afterwards; neither without a browser. To be
 * called once, outside of tests; what it returns works from the first hook of a suite on.
 * @param start the Agora
 */
export const visitedAgora = (start: () => Promise<AgoraHere> = agoraHere): VisitedAgora => {
  let agora: AgoraHere
  let browser: TestBrowser
  let isInTest = false
  /** Pages that the current test has opened; those of hooks stay open for all tests. */
  const ofTest: WatchedPage[] = []
  beforeAll(async () => {
    if (!hasBrowser) return
    agora = await start()
    browser = await openBrowser(agora.shop.url)
  })
  beforeEach(() => {
    isInTest = true
  })
  afterEach(async ({ task }) => {
    isInTest = false
    // A failure in CI can often not be seen again: the report has what there is to know.
    const [error] = task.result?.errors ?? []
    if (error && browser) error.message += `\n\n${await browser.describePages()}`
    // Open pages go on listening and drawing.
    await Promise.all(ofTest.splice(0).map(({ context }) => context.close()))
  })
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]()
    await agora?.[Symbol.asyncDispose]()
  })
  return {
    agora: {
      get shop() {
        return agora.shop
      },
      get data() {
        return agora.data
      },
      get postgresUrl() {
        return agora.postgresUrl
      },
    },
    browser: {
      get browser() {
        return browser.browser
      },
      visit: async (visitor) => {
        const visited = await browser.visit(visitor)
        if (isInTest) ofTest.push(visited)
        return visited
      },
    },
  }
}
