import { Type } from 'typebox'

/** Number of digits of a place: positions have 18 at most. */
const digits = 20

/** Schema of a place: a position as a text that sorts as the number does, as documents hold no integers of this size. */
export const Place = Type.String({ pattern: `^[0-9]{${digits}}$` })

/** Writes a position as a place. @param position of an event in the log */
export const placeAt = (position: bigint): string => String(position).padStart(digits, '0')

/** Returns the position that a place was written from. */
export const positionAt = (place: string): bigint => BigInt(place)
