import { expect, test } from 'vitest'
import { matchesPerson } from './matches-person.ts'

const tells = matchesPerson({ person: 'p-1', addresses: ['Ada@Example.org'], texts: ['Ada'] })

test('a text tells of somebody by an address, however it is written', () => {
  expect(tells('no mail for ADA@example.ORG today')).toBe(true)
  expect(tells('no mail for eve@example.org')).toBe(false)
})

test.each(['mada@example.org', 'x.ada@example.org', 'ada@example.organic', 'ada@example.org.uk'])(
  'the address %s is another one',
  (other) => expect(tells(`{"to":"${other}"}`)).toBe(false),
)

test.each(['<ada@example.org>', 'is ada@example.org.', '{"text":"To:\\nada@example.org"}'])(
  'an address is found in %s',
  (text) => expect(tells(text)).toBe(true),
)

test('what others may be called as well tells of somebody beside their id only', () => {
  expect(tells('Ada is a lamp')).toBe(false)
  expect(tells('p-1 has come')).toBe(false)
  expect(tells('p-1 is ada')).toBe(true)
})

test('of whom nothing is known, nothing tells', () => {
  expect(matchesPerson({ person: 'p-1', addresses: [], texts: [] })('p-1 is ada')).toBe(false)
})
