import { digest } from '#kernel'
import { storable } from '../platform/storage/documents/json.ts'

/** A slice of the keys: those whose hash begins with these bits. Without bits, it has all keys. */
export type AuditSlice = {
  /** Number of bits. */
  readonly bits: number
  /** The bits, as a number. */
  readonly prefix: number
}

/** All keys. */
export const wholeSlice: AuditSlice = { bits: 0, prefix: 0 }

/** Bits of a hash. */
const hashBits = 32

/** Returns the hash of a key, as stores have it: 32 bits of its SHA-256, so that slices have equal shares of any kind of keys. */
export const hashOf = (key: string): number =>
  Number.parseInt(digest(storable(key)).slice(0, 8), 16)

/** Whether a slice has a key. */
export const isInSlice = ({ bits, prefix }: AuditSlice, key: string): boolean =>
  bits === 0 || hashOf(key) >>> (hashBits - bits) === prefix

/**
 * Divides a slice into halves.
 * @param chosen a number of 32 bits: the first half is the one that has this hash, if the slice has it
 */
export const halvesOf = (
  { bits, prefix }: AuditSlice,
  chosen: number,
): readonly [AuditSlice, AuditSlice] => {
  const next = (chosen >>> (hashBits - bits - 1)) & 1
  const half = (bit: number): AuditSlice => ({ bits: bits + 1, prefix: prefix * 2 + bit })
  return [half(next), half(1 - next)]
}

/** Returns the share of all keys that a slice has, from 0 to 1. */
export const shareOf = ({ bits }: AuditSlice): number => 2 ** -bits
