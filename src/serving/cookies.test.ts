import { parseSetCookie } from 'cookie'
import { expect, test } from 'vitest'
import { cookieIn } from '../platform/security/cookies.ts'
import { setCookie } from './cookies.ts'

const options = { path: '/here', maxAge: 60, secureCookies: true }

test('the value of a cookie is escaped and read back unchanged', () => {
  const value = 'a; Path=/; Domain=evil.example, b=c\r\nSet-Cookie: d=e %41 "ä"'
  const text = setCookie('agora_x', value, options)
  expect(text).not.toMatch(/[\r\n]|Domain=/)
  expect(parseSetCookie(text)).toEqual({
    name: 'agora_x',
    value,
    path: '/here',
    maxAge: 60,
    httpOnly: true,
    secure: true,
    sameSite: 'strict',
  })
  expect(cookieIn(text.split('; ')[0], 'agora_x')).toBe(value)
})

test.each([
  ['a name', { ...options }, 'agora x'],
  ['a path', { ...options, path: '/; Domain=evil.example' }, 'agora_x'],
])('%s that could add attributes is refused', (_, unsafe, name) =>
  expect(() => setCookie(name, '1', unsafe)).toThrow(TypeError),
)
