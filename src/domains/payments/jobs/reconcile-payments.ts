import { asId, type RecordedEvent } from '#kernel'
import { isAlerted, type Difference } from '../../../platform/storage/reconciliation/port.ts'
import { chore } from '../../../serving/chore.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { PaymentId, type RefundId } from '../../shared/index.ts'
import { payment } from '../language.ts'
import { ledgerComparison, type Claim } from './ledger-comparison.ts'

/** An entry may become visible so long after its time, in ms: it is looked for once more. */
const overlap = 60_000

/** So many payments are looked at at once. */
const atOnce = 20

/** So many payments a run are asked for at the provider one by one; the next run goes on. */
const askedMost = 500

/** So many open differences are compared again in one run; the next run compares others first. */
const comparedMost = 500

/**
 * Compares a provider's ledger with our payments, from where the last run ended: what the provider took and we have not
 * recorded is recorded by the ordinary commands, so that a payment that was called off is given back, and refunds
 * likewise. The other way round, the provider is asked for payments of ours that are not in its ledger.
 * What still differs is alerted of once, and compared again until it agrees: in every run, or by turns if there is much.
 *
 * Payments are read from their streams, never from a read model. May be done at any time, and by several processes.
 */
const reconcile = async ({
  paymentProvider: provider,
  executor,
  log,
  clock,
  reconciling: { reconciliations, onMended, onDifference, onResolved },
}: JobPorts): Promise<void> => {
  const { compareEntry, compareAgain, missingCharge, missingRefund } = ledgerComparison(
    provider,
    executor,
    { onMended, clock },
  )
  const before = await reconciliations.load(provider.name)
  const alerted = new Map(before.open.filter(isAlerted).map((one) => [identityOf(one), one]))
  const head = await log.head()
  let { since, position } = before
  const open = new Map<string, Difference>()

  const keep = (found: readonly (Difference | undefined)[]): void => {
    for (const difference of found) {
      if (!difference) continue
      const identity = identityOf(difference)
      // It was compared in this run already, with all that is known of it.
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

  // Those that are known come first: below, they would be taken for new ones. What waits for the next run leads its list.
  for (const one of before.open.slice(comparedMost)) open.set(identityOf(one), one)
  for (const part of partsOf(before.open.slice(0, comparedMost), atOnce))
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
    for (const part of partsOf(entries, atOnce))
      keep(await Promise.all(part.map((one) => compareEntry(one, { again: false, failed }))))
    for (const { kind, providerRef } of entries) if (kind === 'charge') inLedger.add(providerRef)
    const last = entries.at(-1)?.at ?? since
    if (last > since) since = last
    if (next === undefined) break
    await save()
    after = next
  }

  // What was recorded by the time that the ledger was read is in it, or was before.
  for (let asked = 0; position < head && asked < askedMost;) {
    const types = ['PaymentCompleted', 'PaymentRefundRequested']
    const slice = await log.readAll({ after: position, categories: [payment.name], types })
    const { completed, refunding } = claimsIn(slice.events, provider.name, inLedger)
    asked += completed.length
    for (const part of partsOf(completed, atOnce)) keep(await Promise.all(part.map(missingCharge)))
    for (const part of partsOf(refunding, atOnce)) keep(await Promise.all(part.map(missingRefund)))
    position = slice.position
    if (slice.caughtUp) break
    await save()
  }
  await save()
  if (failures.length > 0) throw failures[0]
}

/** Compares the payment provider's ledger with our payments, and records or reports what differs. */
export const reconcilePayments = chore({
  name: 'reconcile-payments',
  every: 60_000,
  run: reconcile,
})

const identityOf = ({ kind, key }: Difference): string => `${kind} ${key}`

/** What our events say of money at this provider, but for what is in its ledger as it was read. */
const claimsIn = (
  events: readonly RecordedEvent[],
  provider: string,
  inLedger: ReadonlySet<string>,
) => {
  const completed: Claim[] = []
  const refunding: Claim[] = []
  for (const { id, type, at, data } of events) {
    const paymentId = asId(PaymentId, id)
    const receipt = data as {
      readonly provider?: unknown
      readonly providerRef?: unknown
      readonly refundId?: RefundId
    }
    if (receipt.provider !== provider) continue
    if (type === 'PaymentRefundRequested')
      refunding.push({ paymentId, refundId: receipt.refundId, at })
    else if (!inLedger.has(String(receipt.providerRef))) completed.push({ paymentId, at })
  }
  return { completed, refunding }
}

/** Cuts a list into parts of at most `size`. */
const partsOf = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, part) =>
    list.slice(part * size, (part + 1) * size),
  )
