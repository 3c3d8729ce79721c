import { randomBytes } from 'node:crypto'
import type { Person, Shop } from './shop.ts'
import type { WatchedPage } from './browser.ts'

/**
 * Opens an account for the visitor of a page, who is signed in then as after the form.
 * @returns the same user for calls to the API
 */
export const signUpIn = async ({ page, context }: WatchedPage, shop: Shop): Promise<Person> => {
  const username = `v${randomBytes(6).toString('hex')}`
  const credentials = { email: `${username}@example.org`, password: 'a long password' }
  await page.goto('/basket')
  const reply = await context.request.post('/api/v1/auth/register', {
    data: { ...credentials, username },
  })
  if (!reply.ok()) throw new Error(await reply.text())
  // What the pages record of a sign-in; the tokens are in cookies.
  await page.evaluate(() =>
    Reflect.get(globalThis, 'localStorage').setItem('agora.session', String(Date.now() + 300_000)),
  )
  return shop.signIn(credentials)
}
