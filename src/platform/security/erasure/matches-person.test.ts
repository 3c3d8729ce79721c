import { expect, test } from 'vitest'
import { matchesPerson } from './matches-person.ts'

const matches = matchesPerson({ person: 'p-1', addresses: ['Ada@Example.org'], texts: ['Ada'] })

test('a text matches by an address, in any case', () => {
  expect(matches('no mail for ADA@example.ORG today')).toBe(true)
  expect(matches('no mail for eve@example.org')).toBe(false)
})

test.each(['mada@example.org', 'x.ada@example.org', 'ada@example.organic', 'ada@example.org.uk'])(
  'the address %s does not match: it is another one',
  (other) => expect(matches(`{"to":"${other}"}`)).toBe(false),
)

test.each(['<ada@example.org>', 'is ada@example.org.', '{"text":"To:\\nada@example.org"}'])(
  'an address is found in %s',
  (text) => expect(matches(text)).toBe(true),
)

test('a text that others may share matches beside the id of the person only', () => {
  expect(matches('Ada is a lamp')).toBe(false)
  expect(matches('p-1 has come')).toBe(false)
  expect(matches('p-1 is ada')).toBe(true)
})

test('a person without known addresses and texts matches nothing', () => {
  expect(matchesPerson({ person: 'p-1', addresses: [], texts: [] })('p-1 is ada')).toBe(false)
})
