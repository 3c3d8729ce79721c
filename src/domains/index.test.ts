import { expect, test } from 'vitest'
import { unguardedTexts } from '../../test/support/guards.ts'
import { catalogue, unattributedPersonalFields, type AnyDecider, refusalOf } from '#kernel'
import { erasersOf } from '../serving/erase.ts'
import { chores, deciders, jobs, modules } from './index.ts'

const all: readonly AnyDecider[] = deciders

test('every event type is declared once, in a category of its own', () => {
  expect(() => catalogue(all)).not.toThrow()
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

test('the data of every event can be validated, although the catalogue compiles validators late', () => {
  const { types, problemWith } = catalogue(all)
  expect([...types].filter((type) => problemWith(type, undefined) === undefined)).toEqual([])
})

test('every command type is addressed to one decider', () => {
  const commands = all.flatMap(({ commands }) => Object.keys(commands))
  expect(new Set(commands).size).toBe(commands.length)
})

test('every command has a description, and every refusal is a sentence', () => {
  const silent = all.flatMap(({ commands }) =>
    Object.entries(commands).flatMap(([type, schema]) => ('description' in schema ? [] : [type])),
  )
  const sentences = all.flatMap((one) =>
    Object.keys(one.refusals).map((refused) => refusalOf(one, refused).message),
  )
  expect(silent).toEqual([])
  expect(sentences.filter((sentence) => !/^[A-Z].+\.$/.test(sentence))).toEqual([])
})

test('every event with personal fields names its person', () =>
  expect(unattributedPersonalFields(all)).toEqual([]))

/** Refunds and costs of deliveries are in the recorded currency, which may have been withdrawn since. */
const asRecorded = [
  'RequestRefund.amount',
  'RequestGigRefund.amount',
  'RefundPayment.amount',
  'CreateShipment.cost',
]

test('every text of every command is validated', () =>
  expect(
    all.flatMap(({ commands }) =>
      Object.entries(commands).flatMap(([type, schema]) => unguardedTexts(schema, type)),
    ),
  ).toEqual(asRecorded))

test('contexts that cause notifications are erased before these, and the sign-in at the end', () =>
  expect(erasersOf(modules).map(({ context }) => context)).toEqual([
    'webhooks',
    'media',
    'posts',
    'reviews',
    'chat',
    'analytics',
    'shipping',
    'ordering',
    'gigs',
    'profiles',
    'notifications',
    'identity',
  ]))

test('every job and chore has a name of its own', () => {
  const names = [...jobs, ...chores].map(({ name }) => name)
  expect(names.length).toBeGreaterThan(8)
  expect(new Set(names).size).toBe(names.length)
})

test('jobs that notify by mail, and no others, are queued with the mails', () =>
  expect(jobs.filter(({ options }) => options.queue === 'mails').map(({ name }) => name)).toEqual([
    'send-mail',
  ]))
