import { describe, expect, test } from 'vitest'
import { accountLinks, verificationOf } from '../../../platform/security/account-links.ts'
import { letterFor, type Addressee } from './account-letters.ts'

const links = accountLinks(Buffer.alloc(32, 7))
const ada: Addressee = {
  userId: 'ada',
  email: 'ada@example.org',
  emailVerified: false,
  passwordHash: 'hash',
  signIns: [],
  credentials: 3,
}
const written = (matter: Parameters<typeof letterFor>[0], more: Partial<Addressee> = {}) =>
  letterFor(matter, { ...ada, ...more }, links, 'https://shop.example')

/** Returns the token of the link in a mail. */
const tokenIn = (text: string | undefined) => /\?token=(\S+)/.exec(text ?? '')?.[1] ?? ''

describe('a mail about an account', () => {
  test('verifies an address, by a link that is bound to the current credentials', () => {
    const letter = written({ kind: 'verify', until: 7 })
    expect(letter).toMatchObject({ to: ada.email, subject: 'Is this your e-mail address?' })
    expect(letter?.text).toContain('https://shop.example/verify?token=')
    const link = links.open('verify', tokenIn(letter?.text))
    expect(link?.userId).toBe('ada')
    expect(link && verificationOf(link, ada.email)).toEqual({ until: 7, credentials: 3 })
    const forged = links.open('verify', tokenIn(letter?.text).replace('7-3', '7-4'))
    expect(forged && verificationOf(forged, ada.email)).toBeUndefined()
    expect(written({ kind: 'verify', until: 7 }, { emailVerified: true })).toBeUndefined()
  })

  test('has a link that sets a new password, unless a later mail has one', () => {
    const asked = (requestId: string, credentials = 3) => ({ reset: { requestId, credentials } })
    const letter = written({ kind: 'reset', requestId: '1' }, asked('1'))
    expect(letter?.to).toBe(ada.email)
    expect(letter?.text).toContain('https://shop.example/reset?token=')
    expect(links.open('reset', tokenIn(letter?.text))?.isOurs()).toBe(true)
    expect(written({ kind: 'reset', requestId: '1' }, asked('2'))).toBeUndefined()
    expect(written({ kind: 'reset', requestId: '1' }, asked('1', 2))).toBeUndefined()
    expect(written({ kind: 'reset', requestId: '1' })).toBeUndefined()
  })

  test('goes to a requested address, and to the old one after the change', () => {
    const change = { requestId: '1', email: 'countess@example.org', credentials: 3 }
    const letter = written({ kind: 'change', requestId: '1' }, { emailChange: change })
    expect(letter?.to).toBe(change.email)
    expect(links.open('change', tokenIn(letter?.text))?.isOurs()).toBe(true)
    expect(written({ kind: 'change', requestId: '2' }, { emailChange: change })).toBeUndefined()
    const stale = { ...change, credentials: 2 }
    expect(written({ kind: 'change', requestId: '1' }, { emailChange: stale })).toBeUndefined()

    const previous = { requestId: '1', email: 'old@example.org' }
    const told = written({ kind: 'addressChanged', requestId: '1' }, { previous })
    expect(told?.to).toBe(previous.email)
    expect(told?.text).not.toContain(ada.email)
    expect(written({ kind: 'addressChanged', requestId: '2' }, { previous })).toBeUndefined()
  })

  test.each([
    [{ kind: 'passwordChanged' }, 'Your password was changed'],
    [{ kind: 'tokenReused' }, 'One of your sessions was ended'],
    [{ kind: 'guessed', failures: 16 }, 'Somebody tries to sign in to your account'],
    [{ kind: 'newDevice', at: '2030-01-07T08:09:10.000Z' }, 'A new sign-in to your account'],
    [{ kind: 'signInAdded', provider: 'acme' }, 'Another way to sign in to your account'],
    [{ kind: 'signInRemoved', provider: 'acme' }, 'A way to sign in to your account was removed'],
  ] as const)('tells of %j, without a link that could be abused', (matter, subject) => {
    const letter = written(matter)
    expect(letter).toMatchObject({ to: ada.email, subject })
    expect(letter?.text).not.toContain('://')
    expect(letter?.text).toMatch(/set (it|one|a new) .*password|set a new password|set a new one/)
  })

  test('reports the closed account by the last one', () => {
    const letter = written({ kind: 'closed' })
    expect(letter).toMatchObject({ to: ada.email, subject: 'Your account is closed' })
    expect(letter?.text).not.toContain('://')
  })

  test('reports time and place of a sign-in', () => {
    const at = '2030-01-07T08:09:10.000Z'
    expect(written({ kind: 'newDevice', at, place: '192.0.2.7' })?.text).toContain(
      'on 2030-01-07 at 08:09 UTC, from the address 192.0.2.7.',
    )
    expect(written({ kind: 'newDevice', at })?.text).toContain('at 08:09 UTC.')
  })

  test('does not report a linked identity to the user who has just signed in by it', () => {
    const by = { kind: 'signInAdded', provider: 'acme' } as const
    expect(written(by, { passwordHash: '', signIns: [{}] })).toBeUndefined()
    expect(written(by, { passwordHash: '', signIns: [{}, {}] })).toBeDefined()
  })
})
