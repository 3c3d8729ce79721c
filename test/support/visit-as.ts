import { expect } from 'vitest'
import type { TestBrowser, Visitor, WatchedPage } from './browser.ts'
import type { Credentials } from './shop.ts'

/** Opens the browser of a user who is signed in already. */
export const visitAs = async (
  browser: Pick<TestBrowser, 'visit'>,
  { email, password }: Credentials,
  visitor?: Visitor,
): Promise<WatchedPage> => {
  const visited = await browser.visit(visitor)
  const { context } = visited
  const login = await context.request.post('/api/v1/auth/login', { data: { email, password } })
  expect(login.status()).toBe(200)
  // The tokens are in cookies; that there is a session is all that pages remember. They renew it at once.
  await context.addInitScript("localStorage['agora.session'] ??= '0'")
  return visited
}
