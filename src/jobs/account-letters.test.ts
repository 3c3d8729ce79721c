import { describe, expect, test } from 'vitest'
import { accountLinks } from '../platform/account-links.ts'
import { letterFor, type Addressee } from './account-letters.ts'

const links = accountLinks(Buffer.alloc(32, 7))
const ada: Addressee = { userId: 'ada', email: 'ada@example.org', emailVerified: false }
const written = (matter: Parameters<typeof letterFor>[0], more: Partial<Addressee> = {}) =>
  letterFor(matter, { ...ada, ...more }, links, 'https://shop.example')

/** The token of the link in a letter. */
const tokenIn = (text: string | undefined) => /\?token=(\S+)/.exec(text ?? '')?.[1] ?? ''

describe('a letter', () => {
  test('asks whose an address is, with a link that is bound to it', () => {
    const letter = written({ kind: 'verify', until: 7 })
    expect(letter).toMatchObject({ to: ada.email, subject: 'Is this your e-mail address?' })
    expect(letter?.text).toContain('https://shop.example/verify?token=')
    const link = links.open('verify', tokenIn(letter?.text))
    expect(link).toMatchObject({ userId: 'ada', about: '7' })
    expect(link?.isOurs(ada.email)).toBe(true)
    expect(link?.isOurs('eve@example.org')).toBe(false)
    expect(written({ kind: 'verify', until: 7 }, { emailVerified: true })).toBeUndefined()
  })

  test('lets its reader set a new password, unless a later one does', () => {
    const letter = written({ kind: 'reset', requestId: '1' }, { reset: { requestId: '1' } })
    expect(letter?.to).toBe(ada.email)
    expect(letter?.text).toContain('https://shop.example/reset?token=')
    expect(links.open('reset', tokenIn(letter?.text))?.isOurs()).toBe(true)
    expect(written({ kind: 'reset', requestId: '1' }, { reset: { requestId: '2' } })).toBe(
      undefined,
    )
    expect(written({ kind: 'reset', requestId: '1' })).toBeUndefined()
  })

  test('goes to the address that somebody wants to go by, and tells the old one when they do', () => {
    const change = { requestId: '1', email: 'countess@example.org' }
    const letter = written({ kind: 'change', requestId: '1' }, { emailChange: change })
    expect(letter?.to).toBe(change.email)
    expect(links.open('change', tokenIn(letter?.text))?.isOurs()).toBe(true)
    expect(written({ kind: 'change', requestId: '2' }, { emailChange: change })).toBeUndefined()

    const previous = { requestId: '1', email: 'old@example.org' }
    const told = written({ kind: 'addressChanged', requestId: '1' }, { previous })
    expect(told?.to).toBe(previous.email)
    expect(told?.text).not.toContain(ada.email)
    expect(written({ kind: 'addressChanged', requestId: '2' }, { previous })).toBeUndefined()
  })

  test('tells that the password was changed, without a link that could be abused', () => {
    const letter = written({ kind: 'passwordChanged' })
    expect(letter?.subject).toBe('Your password was changed')
    expect(letter?.text).not.toContain('://')
  })
})
