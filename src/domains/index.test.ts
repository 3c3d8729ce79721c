import { expect, test } from 'vitest'
import { catalogue, type AnyDecider } from '#kernel'
import { deciders } from './index.ts'

const all: readonly AnyDecider[] = deciders

test('every event type is declared once, in a category of its own', () => {
  expect(() => catalogue(all)).not.toThrow()
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

test('every command type is addressed to one decider', () => {
  const commands = all.flatMap(({ commands }) => Object.keys(commands))
  expect(new Set(commands).size).toBe(commands.length)
})

test('every command says what it is for, and every refusal is a sentence', () => {
  for (const { commands, refusals } of all) {
    for (const [type, schema] of Object.entries(commands))
      expect(schema, type).toHaveProperty('description')
    for (const sentence of Object.values(refusals)) expect(sentence).toMatch(/^[A-Z].+\.$/)
  }
})
