import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { email, emailIdOf, normalEmail } from './email.ts'

const ada = { userId: derivedId(UserId, 'ada') }
const eve = { userId: derivedId(UserId, 'eve') }
const at = (now: string) => ({ now, by: 'tester' })
const noon = '2030-01-01T12:00:00.000Z'
const oneMinuteLater = '2030-01-01T12:01:00.000Z'
const justBefore = '2030-01-01T12:00:59.999Z'

const claim = (user: typeof ada) => ({ type: 'ClaimEmail' as const, data: user })
const claimed = (user: typeof ada, claimedAt = noon) => ({
  type: 'EmailClaimed' as const,
  data: { ...user, claimedAt },
})
const confirm = (user: typeof ada) => ({ type: 'ConfirmEmail' as const, data: user })
const confirmed = (user: typeof ada) => ({ type: 'EmailConfirmed' as const, data: user })
const release = (user: typeof ada) => ({ type: 'ReleaseEmail' as const, data: user })
const released = (user: typeof ada) => ({ type: 'EmailReleased' as const, data: user })

describe('an e-mail address', () => {
  test('belongs to its first claimant', () => {
    given(email).when(claim(ada), at(noon)).yields(claimed(ada))
    given(email, claimed(ada)).when(claim(eve), at(noon)).refuses('Taken')
  })

  test('may be claimed twice by the same user', () => {
    given(email, claimed(ada)).when(claim(ada), at(oneMinuteLater)).yields()
    given(email, claimed(ada), confirmed(ada)).when(claim(ada)).yields()
  })

  test('is claimed for a minute, and may be claimed by another user after that', () => {
    given(email, claimed(ada)).when(claim(eve), at(justBefore)).refuses('Taken')
    given(email, claimed(ada))
      .when(claim(eve), at(oneMinuteLater))
      .yields(claimed(eve, oneMinuteLater))
  })

  test('cannot be claimed once it is confirmed', () =>
    given(email, claimed(ada), confirmed(ada))
      .when(claim(eve), at(oneMinuteLater))
      .refuses('Taken'))

  test('is confirmed once, for its owner', () => {
    given(email, claimed(ada)).when(confirm(ada)).yields(confirmed(ada))
    given(email, claimed(ada), confirmed(ada)).when(confirm(ada)).yields()
    given(email, claimed(ada), claimed(eve)).when(confirm(ada)).refuses('Taken')
    given(email, claimed(ada), confirmed(ada)).when(confirm(eve)).refuses('Taken')
  })

  test('is released by its owner only', () => {
    given(email, claimed(ada)).when(release(ada)).yields(released(ada))
    given(email, claimed(ada)).when(release(eve)).yields()
    given(email).when(release(ada)).yields()
    given(email, claimed(ada), released(ada)).when(claim(eve), at(noon)).yields(claimed(eve))
  })
})

test('all spellings of an address are equal', () => {
  expect(normalEmail(' Ada@Example.ORG ')).toBe('ada@example.org')
  expect(normalEmail('ａda@example.org')).toBe('ada@example.org')
  expect(emailIdOf('ADA@example.org')).toBe(emailIdOf('ada@example.org'))
  expect(emailIdOf('ada@example.org')).not.toBe(emailIdOf('eve@example.org'))
  expect(emailIdOf('ada@example.org')).toMatch(/^[0-9a-f]{64}$/)
})

test.each([
  ['Ada@Bücher.Example', 'ada@xn--bcher-kva.example'],
  ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
  ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
  ['ada@ＥＸＡＭＰＬＥ.org', 'ada@example.org'],
  ['"a b"@example.org', '"a b"@example.org'],
])('%s is the same address as %s', (one, other) => {
  expect(normalEmail(one)).toBe(other)
  expect(emailIdOf(one)).toBe(emailIdOf(other))
})
