import { expect, test } from 'vitest'
import { recorded } from '#kernel/testing'
import { recentEvents } from './recent-events.ts'

/** Events at these positions. */
const at = (...positions: readonly number[]) =>
  positions.map((position) => ({
    ...recorded('bell-1', { type: 'Rang', data: {} }),
    position: BigInt(position),
  }))

const positionsOf = (events: readonly { readonly position: bigint }[]) =>
  events.map(({ position }) => Number(position))

/** The newest events, at least two, of positions 10, 20, …. */
const holding = (...positions: readonly number[]) => {
  const recent = recentEvents(5n, 2, '2030-01-01T00:00:00.000Z')
  for (const position of positions)
    recent.add({ events: at(position), position: BigInt(position + 1) })
  return recent
}

test('events are held until there are twice as many as wanted, then the newest ones', () => {
  const full = holding(10, 20, 30, 40)
  expect([full.from(), positionsOf(full.after(5n, 9).events)]).toEqual([5n, [10, 20, 30, 40]])
  const cut = holding(10, 20, 30, 40, 50)
  expect([cut.from(), cut.to()]).toEqual([30n, 51n])
  expect(positionsOf(cut.after(30n, 9).events)).toEqual([40, 50])
  cut.add({ events: at(60, 70), position: 70n })
  // Two more: those dropped before are not counted again.
  expect([cut.from(), positionsOf(cut.after(30n, 9).events)]).toEqual([30n, [40, 50, 60, 70]])
})

test('a slice ends at its last event, or at the head when it has caught up', () => {
  const recent = holding(10, 20, 30)
  expect(recent.after(5n, 2)).toMatchObject({ position: 20n, caughtUp: false })
  expect(recent.after(10n, 2)).toMatchObject({ position: 31n, caughtUp: true })
  expect(recent.after(30n, 2)).toEqual({ events: [], position: 31n, caughtUp: true })
})

test('only events after a position are looked at', () => {
  const recent = holding(10, 20, 30)
  expect(recent.some(20n, ({ position }) => position === 20n)).toBe(false)
  expect(recent.some(10n, ({ position }) => position === 20n)).toBe(true)
})

test('the age of events that are dropped is known to the next of those that were last before a drop', () => {
  const types = new Set(['Rang'])
  const recent = recentEvents(5n, 2, '2030-01-01T00:00:00.000Z')
  const add = (...positions: readonly number[]) => {
    for (const position of positions)
      recent.add({
        events: at(position).map((event) => ({
          ...event,
          at: `2030-01-01T00:00:${position}.000Z`,
        })),
        position: BigInt(position),
      })
  }
  add(10, 20, 30, 40, 50, 55, 58, 59)
  expect(recent.from()).toBe(55n)
  const since = (position: bigint) => recent.pendingSince(position, types)?.slice(17, 19)
  expect([1n, 5n, 10n, 29n, 30n, 49n].map(since)).toEqual(['00', '30', '30', '30', '55', '55'])
  expect([55n, 58n, 59n].map(since)).toEqual(['58', '59', undefined])
})
