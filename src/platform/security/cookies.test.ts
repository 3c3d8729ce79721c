import { expect, test } from 'vitest'
import { cookieIn } from './cookies.ts'

test.each([
  ['a=1; agora=2; b=3', '2'],
  ['agora=1; agora=2', '1'],
  [' agora = 1 ;b=2', '1'],
  ['agora=eyJh.bG_c-.x=y', 'eyJh.bG_c-.x=y'],
  ['agora="1"', '"1"'],
  ['agora=a%3Bb', 'a;b'],
  ['agora=%zz', '%zz'],
  ['not_agora=1', undefined],
  ['agora', undefined],
  ['agora=; b=1', undefined],
  ['=1', undefined],
  ['', undefined],
  [undefined, undefined],
])('%j holds %j', (header, value) => expect(cookieIn(header, 'agora')).toBe(value))

test.each(['__proto__', 'constructor', 'toString'])('a cookie may be named %s', (name) => {
  expect(cookieIn('a=1', name)).toBe(undefined)
  expect(cookieIn(`${name}=2`, name)).toBe('2')
})
