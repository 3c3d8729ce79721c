import { expect, test } from 'vitest'
import { tellsOf } from './tells.ts'

const tells = tellsOf({ person: 'p-1', addresses: ['Ada@Example.org'], texts: ['Ada'] })

test('a text tells of somebody by an address, however it is written', () => {
  expect(tells('no mail for ADA@example.ORG today')).toBe(true)
  expect(tells('no mail for eve@example.org')).toBe(false)
})

test('what others may be called as well tells of somebody beside their id only', () => {
  expect(tells('Ada is a lamp')).toBe(false)
  expect(tells('p-1 has come')).toBe(false)
  expect(tells('p-1 is ada')).toBe(true)
})

test('of whom nothing is known, nothing tells', () => {
  expect(tellsOf({ person: 'p-1', addresses: [], texts: [] })('p-1 is ada')).toBe(false)
})
