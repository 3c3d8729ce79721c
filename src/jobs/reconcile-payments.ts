import { asId, derivedUuid, type RecordedEvent } from '#kernel'
import { payment } from '../domains/payments/index.ts'
import { PaymentId } from '../domains/shared/index.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import type { LedgerEntry, PaymentProvider } from '../platform/payments/port.ts'
import {
  isAlerted,
  type Difference,
  type Reconciliations,
} from '../platform/reconciliation/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { chargeKeyOf } from './charge-card.ts'
import { compareCharge, compareRefund, type Comparison } from './payment-differences.ts'

/** An entry may become visible so long after its time, in ms: it is looked for once more. */
const overlap = 60_000

/** Money may be on its way back for so long before somebody is alerted, in ms. */
const refundTime = 15 * 60_000

/** So many payments are looked at at once. */
const atOnce = 20

/** So many payments a run are asked for at the provider one by one; the next run goes on. */
const askedMost = 500

/** A payment that an event of ours says something of. */
type Claim = { readonly paymentId: PaymentId; readonly at: string }

/**
 * What was asked of the provider under a key: the payment, and which attempt at charging it; 0 for a refund.
 * @returns undefined when the key is none of ours
 */
const askedUnder = (
  key: string,
): { readonly paymentId: PaymentId; readonly attempt: number } | undefined => {
  const [, id, rest] = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}):(.+)$/.exec(key) ?? []
  if (id === undefined) return undefined
  const attempt = /^[1-9]\d{0,8}$/.test(rest ?? '') ? Number(rest) : 0
  return { paymentId: asId(PaymentId, id), attempt }
}

/**
 * Compares a provider's ledger with our payments, from where the last run ended: what the provider took and we have not
 * recorded is recorded by the ordinary commands, so that a payment that was called off is given back, and refunds
 * likewise. The other way round, the provider is asked for payments of ours that are not in its ledger.
 * What still differs is alerted of once, and compared again in every run until it agrees.
 *
 * Payments are read from their streams, never from a read model. May be done at any time, and by several processes.
 * @param deps.onMended told of everything that was recorded because of the ledger
 * @param deps.onDifference told of a difference when somebody is to look at it
 * @param deps.onResolved told of such a difference when it is gone
 * @param deps.now the clock, ms since 1970
 */
export const reconcilePayments = (
  provider: Pick<PaymentProvider, 'name' | 'ledger' | 'outcomeOf'>,
  { execute, stateOf }: Executor,
  {
    reconciliations,
    log,
    onMended = () => undefined,
    onDifference = () => undefined,
    onResolved = () => undefined,
    now = Date.now,
  }: {
    readonly reconciliations: Reconciliations
    readonly log: Pick<EventLog, 'head' | 'readAll'>
    readonly onMended?: (entry: LedgerEntry) => void
    readonly onDifference?: (difference: Difference) => void
    readonly onResolved?: (difference: Difference) => void
    readonly now?: () => number
  },
): (() => Promise<void>) => {
  const record = async (
    { kind, key, providerRef, refundRef = '' }: LedgerEntry,
    paymentId: PaymentId,
    attempt: number,
  ): Promise<void> => {
    const commandId = derivedUuid('reconcile', key)
    const origin = { commandId, actorId: 'reconcile-payments', correlationId: commandId }
    await execute(
      payment,
      paymentId,
      kind === 'charge'
        ? { type: 'CompletePayment', data: { provider: provider.name, providerRef, attempt } }
        : { type: 'RecordRefund', data: { refundRef } },
      origin,
    )
  }

  /**
   * Compares an entry with its payment; what is not recorded is recorded, and compared again.
   * @param failed told of a command that failed: one such entry must not keep the others from being looked at
   * @returns what remains different
   */
  const judged = async (
    entry: LedgerEntry,
    failed: (error: unknown) => void,
  ): Promise<Difference | undefined> => {
    const { kind, key, at } = entry
    const isCharge = kind === 'charge'
    const asked = askedUnder(key)
    if (!asked || (isCharge && !asked.attempt))
      return { kind: isCharge ? 'charge_unknown' : 'refund_unknown', key, since: at, entry }
    const { paymentId, attempt } = asked
    const compareWith = isCharge ? compareCharge : compareRefund
    const compare = async (): Promise<Comparison> => {
      const { state } = await stateOf(payment, paymentId, {
        enough: (kept) => compareWith(kept, entry) === 'agrees',
      })
      return compareWith(state, entry)
    }
    let comparison = await compare()
    if (comparison === 'unrecorded') {
      try {
        await record(entry, paymentId, attempt)
        comparison = await compare()
        if (comparison === 'agrees') onMended(entry)
      } catch (error) {
        if (error instanceof Unavailable) throw error
        failed(error)
      }
    }
    if (comparison === 'agrees') return undefined
    if (comparison !== 'unrecorded') return { kind: comparison, key, paymentId, since: at, entry }
    const unrecorded = isCharge ? 'charge_unrecorded' : 'refund_unknown'
    return { kind: unrecorded, key, paymentId, since: at, entry }
  }

  /** A payment of ours that is completed, and not in the part of the ledger that was read. */
  const missingCharge = async ({ paymentId, at }: Claim): Promise<Difference | undefined> => {
    const { state } = await stateOf(payment, paymentId)
    if (!('providerRef' in state) || state.provider !== provider.name) return undefined
    const answer = await provider.outcomeOf(chargeKeyOf(paymentId, state.attempt))
    if (answer?.paid && answer.providerRef === state.providerRef) return undefined
    return { kind: 'charge_missing', key: paymentId, paymentId, since: at }
  }

  const missingRefund = async ({ paymentId, at }: Claim): Promise<Difference | undefined> => {
    const { state } = await stateOf(payment, paymentId)
    if (state.status !== 'refunding') return undefined
    const isLate = now() - Date.parse(at) > refundTime
    const late: Difference = { kind: 'refund_missing', key: paymentId, paymentId, since: at }
    return isLate ? late : { ...late, pending: true }
  }

  const again = (
    difference: Difference,
    failed: (error: unknown) => void,
  ): Promise<Difference | undefined> => {
    const { entry, paymentId, since: at } = difference
    if (entry) return judged(entry, failed)
    if (paymentId === undefined) return Promise.resolve(difference)
    const claim = { paymentId: asId(PaymentId, paymentId), at }
    return difference.kind === 'refund_missing' ? missingRefund(claim) : missingCharge(claim)
  }

  return async () => {
    const before = await reconciliations.load(provider.name)
    const alerted = new Map(before.open.filter(isAlerted).map((one) => [identityOf(one), one]))
    const head = await log.head()
    let { since, position } = before
    const open = new Map<string, Difference>()

    const keep = (found: readonly (Difference | undefined)[]): void => {
      for (const difference of found) {
        if (!difference) continue
        const identity = identityOf(difference)
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

    // Those that are known first: what is found again below is the same difference.
    for (const part of partsOf(before.open, atOnce))
      keep(await Promise.all(part.map((one) => again(one, failed))))
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
        keep(await Promise.all(part.map((one) => judged(one, failed))))
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
      for (const part of partsOf(completed, atOnce))
        keep(await Promise.all(part.map(missingCharge)))
      for (const part of partsOf(refunding, atOnce))
        keep(await Promise.all(part.map(missingRefund)))
      position = slice.position
      if (slice.caughtUp) break
      await save()
    }
    await save()
    if (failures.length > 0) throw failures[0]
  }
}

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
    const receipt = data as { readonly provider?: unknown; readonly providerRef?: unknown }
    if (receipt.provider !== provider) continue
    if (type === 'PaymentRefundRequested') refunding.push({ paymentId, at })
    else if (!inLedger.has(String(receipt.providerRef))) completed.push({ paymentId, at })
  }
  return { completed, refunding }
}

/** Cuts a list into parts of at most `size`. */
const partsOf = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, part) =>
    list.slice(part * size, (part + 1) * size),
  )
