import { expect, test } from 'vitest'
import { accountLinks } from './account-links.ts'

const links = accountLinks(Buffer.alloc(32, 1))

test('a token names its user and subject, and verifies', () => {
  const opened = links.open('reset', links.make('reset', 'ada', '7'))
  expect(opened).toMatchObject({ userId: 'ada', about: '7' })
  expect(opened?.isOurs()).toBe(true)
})

test('a token verifies for one kind of link, one user and one subject', () => {
  const token = links.make('reset', 'ada', '7')
  expect(links.open('verify', token)).toBeUndefined()
  for (const [from, to] of [
    ['ada', 'eve'],
    ['7', '8'],
  ] as const)
    expect(links.open('reset', token.replace(from, to))?.isOurs()).toBe(false)
  expect(links.open('verify', token.replace('reset', 'verify'))?.isOurs()).toBe(false)
  for (const bad of ['', 'reset', 'reset.ada.7', `${token}.x`])
    expect(links.open('reset', bad)?.isOurs() ?? false).toBe(false)
})

test('a token is bound to a value that it does not contain', () => {
  const token = links.make('verify', 'ada', '7', 'ada@example.org')
  expect(token).not.toContain('example')
  expect(links.open('verify', token)?.isOurs('ada@example.org')).toBe(true)
  expect(links.open('verify', token)?.isOurs('eve@example.org')).toBe(false)
  expect(links.open('verify', token)?.isOurs()).toBe(false)
})
