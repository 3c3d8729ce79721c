import { asId, Fields, type RecordedEvent } from '#kernel'
import { isAlerted, type Difference } from '../../../platform/storage/reconciliation/port.ts'
import { chore } from '../../../serving/chore.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { workflow } from '../../../serving/workflow.ts'
import { PaymentId, type RefundId } from '../../shared/index.ts'
import { payment } from '../language.ts'
import { ledgerComparison, type Claim } from './ledger-comparison.ts'

/** Overlap of two runs, in ms, as entries may become visible later than their time. */
const overlap = 60_000

/** Number of payments compared concurrently. */
const concurrency = 20

/** Number of payments that a run queries at the provider; the next run continues. */
const maxQueried = 500

/** Number of open differences that a run compares again; the next run starts with the others. */
const maxCompared = 500

/**
 * Compares the provider's ledger with the payments, from where the last run ended. Unrecorded entries are
 * recorded by the usual commands, so that a voided payment is refunded. Conversely, the provider is queried for recorded
 * payments that are not in its ledger. Remaining differences are alerted once, and compared again until they agree: in
 * every run, or in turns if there are many.
 *
 * Payments are read from their streams, not from a read model. Runs of several processes may overlap.
 * @returns the number of differences that remain, and of those that need an operator
 */
const reconcile = async ({
  paymentProvider: provider,
  executor,
  log,
  clock,
  reconciling: { reconciliations, onMended, onDifference, onResolved },
}: JobPorts): Promise<{ readonly differences: number; readonly alerted: number }> => {
  const comparison = ledgerComparison(provider, executor, { onMended, clock })
  const { compareEntry, compareAgain } = comparison
  const before = await reconciliations.load(provider.name)
  const alerted = new Map(before.open.filter(isAlerted).map((one) => [identityOf(one), one]))
  const head = await log.head()
  let { since, position } = before
  const open = new Map<string, Difference>()

  const keep = (found: readonly (Difference | undefined)[]): void => {
    for (const difference of found) {
      if (!difference) continue
      const identity = identityOf(difference)
      // It was compared in this run already, with more data.
      if (open.has(identity)) continue
      open.set(identity, difference)
      if (!isAlerted(difference) || alerted.has(identity)) continue
      alerted.set(identity, difference)
      onDifference(difference)
    }
  }
  const save = () =>
    reconciliations.save(provider.name, { since, position, open: [...open.values()] })
  const failures: unknown[] = []
  const failed = (error: unknown) => void failures.push(error)

  // Known differences come first: below, they would count as new. Those left for the next run lead its list.
  for (const one of before.open.slice(maxCompared)) open.set(identityOf(one), one)
  for (const part of partsOf(before.open.slice(0, maxCompared), concurrency))
    keep(await Promise.all(part.map((one) => compareAgain(one, failed))))
  for (const [identity, difference] of alerted)
    if (!open.has(identity)) {
      alerted.delete(identity)
      onResolved(difference)
    }

  const inLedger = new Set<string>()
  const from = new Date(Math.max(0, Date.parse(since) - overlap)).toISOString()
  for (let after: string | undefined; ;) {
    const { entries, next } = await provider.ledger({ since: from, after })
    for (const part of partsOf(entries, concurrency))
      keep(await Promise.all(part.map((one) => compareEntry(one, { again: false, failed }))))
    for (const { kind, providerRef } of entries) if (kind === 'charge') inLedger.add(providerRef)
    const last = entries.at(-1)?.at ?? since
    if (last > since) since = last
    if (next === undefined) break
    await save()
    after = next
  }

  // Payments recorded before the ledger was read are in this ledger or in an earlier part.
  for (let queried = 0; position < head && queried < maxQueried;) {
    const types = Object.keys(checks)
    const slice = await log.readAll({ after: position, categories: [payment.name], types })
    const claims = claimsIn(slice.events, provider.name, inLedger)
    queried += claims.filter(({ check }) => check === 'missingCharge').length
    for (const part of partsOf(claims, concurrency))
      keep(await Promise.all(part.map(({ check, claim }) => comparison[check](claim))))
    position = slice.position
    if (slice.caughtUp) break
    await save()
  }
  await save()
  if (failures.length > 0) throw failures[0]
  return { differences: open.size, alerted: alerted.size }
}

/** Reconciles the payment provider's ledger with the payments, and records or alerts differences. */
export const reconcilePayments = chore({
  name: 'reconcile-payments',
  every: 60_000,
  run: async (ports) => void (await reconcile(ports)),
})

/** Reconciles when an admin wants it, and says what remains. */
export const paymentReconciliation = workflow({
  name: 'payment-reconciliation',
  about:
    'Compares the ledger of the payment provider with the payments, and counts the differences.',
  payload: Fields({}),
  example: {},
  run: (_, ports) => reconcile(ports),
})

const identityOf = ({ kind, key }: Difference): string => `${kind} ${key}`

/** Check of the claim that each event makes. */
const checks = {
  PaymentCompleted: 'missingCharge',
  PaymentCaptured: 'missingCharge',
  PaymentRefundRequested: 'missingRefund',
  PaymentCaptureRequested: 'missingCapture',
  PaymentReleaseRequested: 'missingRelease',
} as const

const isChecked = (type: string): type is keyof typeof checks => type in checks

/** Returns the claims at this provider in events, without charges that are in the ledger. */
const claimsIn = (
  events: readonly RecordedEvent[],
  provider: string,
  inLedger: ReadonlySet<string>,
): readonly { readonly check: (typeof checks)[keyof typeof checks]; readonly claim: Claim }[] =>
  events.flatMap(({ id, type, at, data }) => {
    const { refundId, ...receipt } = data as {
      readonly provider?: unknown
      readonly providerRef?: unknown
      readonly refundId?: RefundId
    }
    // A release names no provider, as the amount may not be held yet.
    if (!isChecked(type) || (receipt.provider ?? provider) !== provider) return []
    const check = checks[type]
    if (check === 'missingCharge' && inLedger.has(String(receipt.providerRef))) return []
    return [{ check, claim: { paymentId: asId(PaymentId, id), refundId, at } }]
  })

/** Splits a list into parts of at most `size`. */
const partsOf = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, part) =>
    list.slice(part * size, (part + 1) * size),
  )
