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

test('the data of every event can be checked, although a catalogue compiles no check', () => {
  const { types, problemWith } = catalogue(all)
  expect([...types].filter((type) => problemWith(type, undefined) === undefined)).toEqual([])
})

test('every command type is addressed to one decider', () => {
  const commands = all.flatMap(({ commands }) => Object.keys(commands))
  expect(new Set(commands).size).toBe(commands.length)
})

test('every command says what it is for, and every refusal is a sentence', () => {
  const silent = all.flatMap(({ commands }) =>
    Object.entries(commands).flatMap(([type, schema]) => ('description' in schema ? [] : [type])),
  )
  const sentences = all.flatMap((one) =>
    Object.keys(one.refusals).map((refused) => refusalOf(one, refused).message),
  )
  expect(silent).toEqual([])
  expect(sentences.filter((sentence) => !/^[A-Z].+\.$/.test(sentence))).toEqual([])
})

test('of everything personal in an event it can be told whose it is', () =>
  expect(unattributedPersonalFields(all)).toEqual([]))

/** Money that goes back is in the currency that was recorded, which may be none of today's. */
const asRecorded = ['RequestRefund.amount', 'RefundPayment.amount']

test('every text of every command is guarded', () =>
  expect(
    all.flatMap(({ commands }) =>
      Object.entries(commands).flatMap(([type, schema]) => unguardedTexts(schema, type)),
    ),
  ).toEqual(asRecorded))

test('what tells persons of something is erased before what they were told, where they signed in at the end', () =>
  expect(erasersOf(modules).map(({ context }) => context)).toEqual([
    'ordering',
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
