// Quarters of an hour, in which metrics are counted: the hours and days of every time zone are made of them.

/** Length of a slot, in ms. */
const slotLength = 15 * 60_000

/** A slot: a day in UTC, and the number of the quarter hour in it, from 0 to 95. */
type Slot = { readonly day: string; readonly slot: number }

/** Returns the slot of a moment. @param at ISO 8601 in UTC */
export const slotOf = (at: string): Slot => ({
  day: at.slice(0, 10),
  slot: Number(at.slice(11, 13)) * 4 + Math.floor(Number(at.slice(14, 16)) / 15),
})

/** Returns the start of a slot, in ms since 1970. */
export const slotStart = ({ day, slot }: Slot): number =>
  Date.parse(`${day}T00:00:00.000Z`) + slot * slotLength
