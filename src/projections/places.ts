import { Type } from 'typebox'
import type { AnyProjection } from '#kernel'

/** Number of digits of a place: positions have 18 at most. */
const digits = 20

const pattern = `^[0-9]{${digits}}$`

/** Schema of a place: a position as a text that sorts as the number does, as documents hold no integers of this size. */
export const Place = Type.String({ pattern })

/** Returns whether documents of a read model hold places, which are true in one log only. */
export const hasPlaces = ({ document }: Pick<AnyProjection, 'document'>): boolean =>
  Object.values(document.properties).some(
    (field) => 'pattern' in field && field.pattern === pattern,
  )

/** Writes a position as a place. @param position of an event in the log */
export const placeAt = (position: bigint): string => String(position).padStart(digits, '0')

/** Returns the position that a place was written from. */
export const positionAt = (place: string): bigint => BigInt(place)
