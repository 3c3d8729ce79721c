import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { eventReadersConformance } from './conformance.ts'
import { memoryEventReaders } from './memory.ts'
import { postgresEventReaders } from './postgres.ts'

eventReadersConformance('memory', async () => {
  const readers = memoryEventReaders()
  return { one: readers, other: readers, [Symbol.asyncDispose]: async () => undefined }
})

eventReadersConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    one: postgresEventReaders(fresh.database),
    other: postgresEventReaders(fresh.database),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  }
})

test('concurrent calls share one statement, and an answer is never older than its call', async () => {
  await using fresh = await freshDatabase()
  let statements = 0
  const readers = postgresEventReaders({
    query: (statement) => {
      statements += 1
      return fresh.database.query(statement)
    },
  })
  const followers = Array.from({ length: 8 }, (_, at) => `saga:${at}`)
  await readers.declare(new Map(followers.map((name) => [name, [`${name} reads`]])))
  const readAll = () => Promise.all(followers.map(readers.readBy))
  const answers = followers.map((name) => new Set([`${name} reads`]))

  statements = 0
  expect(await readAll()).toEqual(answers)
  expect(statements).toBe(1)

  const earlier = readAll()
  const declared = postgresEventReaders(fresh.database).declare(new Map([['saga:0', ['Later']]]))
  await declared
  expect((await readers.readBy('saga:0')).has('Later')).toBe(true)
  await earlier
  expect(statements).toBe(3)
})
