import { expect, test } from 'vitest'
import { NewerVersion } from '../platform/newer-version.ts'
import { unreadableEvents } from './unreadable-events.ts'

const found = (type: string, stream = 'thing-1') =>
  new NewerVersion({ type, stream }, `${type} is not known`)

test('events that cannot be folded are listed once for each type, with the latest stream, for ten minutes', () => {
  let now = 0
  const events = unreadableEvents(() => now)
  expect(events.lately()).toEqual([])
  events.met(found('Boiled'))
  now = 300_000
  events.met(found('Poured'))
  events.met(found('Boiled', 'thing-2'))
  expect(events.lately()).toEqual([
    'Poured is not known (in thing-1)',
    'Boiled is not known (in thing-2)',
  ])
  now = 900_000
  expect(events.lately()).toHaveLength(2)
  now = 900_001
  expect(events.lately()).toEqual([])
})

test('the number of listed types is limited', () => {
  const events = unreadableEvents(() => 0)
  for (let n = 0; n < 100; n++) events.met(found(`Type${n}`))
  expect(events.lately()).toHaveLength(20)
  expect(events.lately().at(-1)).toContain('Type99')
})

test('by default, events are listed by the clock of the process', () => {
  const events = unreadableEvents()
  events.met(found('Boiled'))
  expect(events.lately()).toHaveLength(1)
})
