import { added, type Amounts } from '#kernel'
import type { AuditDifference, AuditFindings } from '../platform/storage/audits/port.ts'
import type { AuditedSlice } from './auditing.ts'
import { isInSlice } from './audit-slice.ts'

/** Most open differences that are stored for a read model. */
const mostOpen = 100

const sumsOf = (one: AuditFindings, other: AuditFindings): AuditFindings['sums'] => {
  const amounts = (name: string, of: 'ledger' | 'documents'): Amounts =>
    added(
      one.sums.find((sum) => sum.name === name)?.[of] ?? {},
      other.sums.find((sum) => sum.name === name)?.[of] ?? {},
    )
  return one.sums.map(({ name }) => ({
    name,
    ledger: amounts(name, 'ledger'),
    documents: amounts(name, 'documents'),
  }))
}

/** Adds the findings in one slice to those in others of the same audit. */
export const mergedFindings = (one: AuditFindings, other: AuditFindings): AuditFindings => ({
  ...other,
  isWhole: one.isWhole && other.isWhole,
  looked: one.looked + other.looked,
  same: one.same + other.same,
  different: one.different + other.different,
  missing: one.missing + other.missing,
  orphans: one.orphans + other.orphans,
  sumsOnly: one.sumsOnly + other.sumsOnly,
  inconclusive: one.inconclusive + other.inconclusive,
  parked: one.parked + other.parked,
  orphansSought: one.orphansSought && other.orphansSought,
  sums: sumsOf(one, other),
})

/**
 * Returns the open differences after a slice was audited: those in the slice are replaced. Where keys fan out, one is open
 * until an audit of all keys does not find it.
 * @param fansOut whether documents of the slice may have keys that are not in it
 */
export const openAfter = (
  open: readonly AuditDifference[],
  { slice, differences }: Pick<AuditedSlice, 'slice' | 'differences'>,
  fansOut: boolean,
): readonly AuditDifference[] => {
  const found = new Set(differences.map(({ key }) => key))
  const stays = ({ key }: AuditDifference): boolean =>
    !found.has(key) && slice.bits > 0 && (fansOut || !isInSlice(slice, key))
  return [...open.filter(stays), ...differences]
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, mostOpen)
}
