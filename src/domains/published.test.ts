import { randomUUID } from 'node:crypto'
import type { TSchema } from 'typebox'
import { describe, expect, test } from 'vitest'
import { marksOf, personalPaths, placeholderOf, withoutPersonal } from '#kernel'
import { sourceQueues } from '../app/source-queues.ts'
import type { Module } from '../serving/module.ts'
import { modules } from './index.ts'

type Shape = {
  readonly type?: string
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly items?: TSchema
  readonly anyOf?: readonly TSchema[]
}

/** Something private, where any text will do. */
const leak = 'PRIVATE'

/** Data of a schema with all of its fields; those that are marked, and no text of a format, hold the leak. */
const fullOf = (schema: TSchema, isMarked = false): unknown => {
  const { type, properties, items, anyOf } = schema as Shape
  const { personal, secret } = marksOf(schema)
  const marked = isMarked || personal === true || secret === true
  if (properties)
    return Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [name, fullOf(field, marked)]),
    )
  if (items) return [fullOf(items, marked)]
  if (anyOf?.[0]) return fullOf(anyOf[0], marked)
  if (marked && type === 'string') return leak
  try {
    return placeholderOf(schema)
  } catch {
    return 'EUR'
  }
}

/** The declared modules, with the types of their deciders left aside. */
const declared: readonly Module[] = modules

const all = declared.flatMap(({ name, deciders, published }) =>
  published.map((one) => {
    const decider = deciders.find((other) => other.name === one.category)
    return { ...one, context: name, decider, recorded: decider?.events[one.event] }
  }),
)

/** All fields of a recorded event; where it may be sealed, it is not. */
const dataOf = (recorded: TSchema): unknown => {
  const full = fullOf(recorded)
  return typeof full === 'object' && full !== null && 'sealed' in full
    ? { ...full, sealed: undefined }
    : full
}

describe.each(all)('$context publishes $event', ({ decider, recorded, data, of }) => {
  const sent = recorded && of({ id: randomUUID(), data: dataOf(recorded) })

  test('of its own, in streams whose names say nothing about a person', () => {
    expect(recorded).toBeDefined()
    expect(marksOf(decider!.id).guessable).toBeUndefined()
  })

  test('in the published shape, with nothing that is personal or secret in it', () => {
    expect(Object.keys(sent as object).toSorted()).toEqual(
      Object.keys((data as Shape).properties ?? {}).toSorted(),
    )
    expect(JSON.stringify(withoutPersonal(data, () => false)(sent))).not.toContain(leak)
  })

  test('with its personal fields where all of them are named', () => {
    const kept = withoutPersonal(data, () => true)(sent)
    expect(kept).toEqual(sent)
    expect(JSON.stringify(kept).includes(leak)).toBe(personalPaths({ data }).length > 0)
  })
})

test('a sealed review is published once it is revealed', () => {
  const ofReviews = (type: string) => all.find(({ event }) => event === type)!
  const sealed = (type: string) => {
    const { recorded, of } = ofReviews(type)
    return of({ id: randomUUID(), data: fullOf(recorded!) })
  }
  for (const type of ['ReviewCreated', 'ReviewUpdated', 'ReviewDeleted'])
    expect(sealed(type)).toBeUndefined()
  expect(sealed('ReviewRevealed')).toMatchObject({ rating: expect.any(Number) })
})

test('a published event of the sources has their name, and each queue of theirs is bound to such names', () => {
  const names = all.flatMap((one) => one.names)
  expect(new Set(names).size).toBe(names.length)
  expect(names.toSorted()).toEqual(
    [
      'USER_REGISTERED',
      'user_registered',
      'USER_LOGGED_IN',
      'PASSWORD_RESET',
      'USER_CREATED',
      'USER_UPDATED',
      'USER_DELETED',
      'USER_FOLLOWED',
      'USER_UNFOLLOWED',
      'POST_CREATED',
      'POST_UPDATED',
      'POST_DELETED',
      'POST_LIKED',
      'POST_UNLIKED',
      'COMMENT_CREATED',
      'MEDIA_UPLOADED',
      'MEDIA_DELETED',
      'order_created',
    ].toSorted(),
  )
  for (const { keys } of sourceQueues) expect(names).toEqual(expect.arrayContaining([...keys]))
})

test('an event is published once', () => {
  const events = all.map(({ event }) => event)
  expect(new Set(events).size).toBe(events.length)
})
