import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { until } from '../../../../test/support/until.ts'
import { outboxMailer } from '../../external/mail/outbox.ts'
import { postgresQueue } from '../../messaging/queue/postgres.ts'
import { postgresForgetting } from './postgres.ts'
import { placeholderOf } from '#kernel'
import { Type } from 'typebox'

const address = placeholderOf(Type.String({ format: 'email' }))

let fresh: TestDatabase
let folder: string
beforeAll(async () => {
  fresh = await freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'agora-forgetting-'))
})
afterAll(async () => {
  await fresh[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => fresh.database.query('TRUNCATE agora.jobs, agora.receipts'))

/** An erasure of a person with one event that has these personal values. */
const forgettingOf = (
  values: readonly { readonly value: string; readonly placeholder: unknown }[],
  {
    elsewhere = async () => undefined,
    isOfOthers = async () => false,
  }: {
    readonly elsewhere?: () => Promise<void>
    readonly isOfOthers?: (address: string, person: string) => Promise<boolean>
  } = {},
) => {
  const destroyed: string[] = []
  const event = { type: 'Said', data: {} }
  const log = { read: async () => [{ ...event, id: 'one' }] as never }
  const forgetting = postgresForgetting(fresh.database, {
    keys: {
      destroy: async (person) => {
        destroyed.push(person)
        return new Date().toISOString()
      },
    },
    raw: log,
    log,
    catalogue: {
      personal: (_, person) => ({
        person,
        values: values.map((one) => ({ path: [], ...one })),
      }),
      upToDate: (one) => one,
    },
    streamsOf: (person) => [`account-${person}`],
    isOfOthers,
    mailer: outboxMailer({ folder, from: 'agora@example.org' }),
    elsewhere: [
      async () => {
        await elsewhere()
        return []
      },
    ],
  })
  return { forgetting, destroyed }
}

const request = (data: object) => ({ data, correlationId: randomUUID(), causationId: randomUUID() })

test('an erasure is retried after a store was unavailable, whatever name the person had', async () => {
  const person = randomUUID()
  let tries = 0
  const { forgetting, destroyed } = forgettingOf([{ value: 'user', placeholder: 'forgotten' }], {
    elsewhere: async () => {
      tries += 1
      if (tries === 1) throw new Error('Redis is unavailable')
    },
  })
  const queue = postgresQueue(fresh.database)
  await queue.add('destroy-key', [{ id: 'one', data: [request({ userId: person })] }])
  const forget = async ({ data }: { readonly data: unknown }) => {
    if (Array.isArray(data) && data.length > 0) await forgetting.forget(person)
  }
  const worker = await queue.work('destroy-key', forget, { backoff: 1 })
  await until(
    () => destroyed,
    ({ length }) => length > 0,
  )
  await worker.stop()
  await queue.close()
  expect(destroyed).toEqual([person])
})

test('a bundle of waiting mails keeps those to others', async () => {
  const [person, other] = [randomUUID(), randomUUID()]
  const queue = postgresQueue(fresh.database)
  const text = 'Your order is on its way'
  const mails = [request({ userId: person, text }), request({ userId: other, text })]
  await queue.add('send-mail', [{ id: 'mails', data: mails }])
  await forgettingOf([{ value: 'user', placeholder: 'forgotten' }]).forgetting.forget(person)
  const rows = await fresh.database.query(`SELECT data FROM agora.jobs WHERE id = 'mails'`)
  expect(rows).toEqual([{ data: [mails[1]] }])
  await queue.close()
})

/** Writes data of another person; the returned function counts what is left of it. */
const bobs = async () => {
  const mailer = outboxMailer({ folder, from: 'agora@example.org' })
  await mailer.send({ id: 'x', to: 'bob@example.org', subject: 'Reset', text: 'Link' })
  await fresh.database.query(`INSERT INTO agora.receipts
    (scope, key, payload, holder, status, body, expires_at) VALUES ('bob', 'k', 'p', gen_random_uuid(), 202,
      convert_to('{"email":"bob@example.org"}', 'UTF8'), now() + interval '1 day')`)
  const queue = postgresQueue(fresh.database)
  await queue.add('charge-card', [{ id: 'c', data: [request({ token: 'bob@example.org' })] }])
  await queue.close()
  return async () => {
    const [rows] = await fresh.database.query<{ receipts: number; jobs: number }>(`SELECT
      (SELECT count(*)::int FROM agora.receipts) AS receipts,
      (SELECT sum(json_array_length(data))::int FROM agora.jobs) AS jobs`)
    return { ...rows, mails: (await readdir(folder)).length }
  }
}

test.each([
  ['@', 'forgotten'],
  ['@example.org', 'forgotten'],
  ['bob@example.org', 'forgotten'],
  ['ob@example.org', address],
])('erasing a person who is called %s leaves the data of others', async (value, placeholder) => {
  const left = await bobs()
  const before = await left()
  await forgettingOf([{ value, placeholder }]).forgetting.forget(randomUUID())
  expect(await left()).toEqual(before)
})

test('an address that belongs to another account by now leaves the data of that account', async () => {
  const left = await bobs()
  const before = await left()
  const values = [{ value: 'bob@example.org', placeholder: address }]
  const isOfOthers = async (one: string) => one === 'bob@example.org'
  await forgettingOf(values, { isOfOthers }).forgetting.forget(randomUUID())
  expect(await left()).toEqual(before)
})

test('a bundled job keeps the requests about others', async () => {
  const queue = postgresQueue(fresh.database)
  const [bob, ada] = ['bob', 'ada'].map((to) => request({ to: `${to}@example.org` }))
  await queue.add('letters', [{ id: 'both', data: [bob, ada] }])
  const values = [{ value: 'ada@example.org', placeholder: address }]
  await forgettingOf(values).forgetting.forget(randomUUID())
  expect(await fresh.database.query('SELECT data FROM agora.jobs')).toEqual([{ data: [bob] }])
  await queue.close()
})
