import type { UUID } from '@eventstore/db-client/generated/shared_pb.js'

const hexOf = (half: string): string =>
  BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0')

/** Converts an id, sent as text or as two halves of 64 bits, to text. */
export const idOf = (id: UUID | undefined): string => {
  const halves = id?.getStructured()
  if (!halves) return id?.getString().toLowerCase() ?? ''
  const hex = hexOf(halves.getMostSignificantBits()) + hexOf(halves.getLeastSignificantBits())
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
