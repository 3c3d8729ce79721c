import { asId, derivedUuid, type StateOf } from '#kernel'
import { awaitsRefund, hasGoneBack, payment, refundStatusOf } from '../language.ts'
import { PaymentId, RefundId } from '../../shared/index.ts'
import type { LedgerEntry, PaymentProvider } from '../../../platform/external/payments/port.ts'
import type { Difference } from '../../../platform/storage/reconciliation/port.ts'
import type { Executor } from '../../../runtime/execution.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { chargeKeyOf } from './charge-card.ts'
import { refundKeyOf } from './refund-card.ts'
import { compareCharge, compareRefund, type Comparison } from './payment-differences.ts'

/** Money may be on its way back for so long before somebody is alerted, in ms. */
const refundTime = 15 * 60_000

/** A payment that an event of ours says something of. */
export type Claim = {
  readonly paymentId: PaymentId
  /** Of money that goes back: which refund; the one of all the money, when undefined. */
  readonly refundId?: RefundId | undefined
  readonly at: string
}

/** What was asked of the provider: one attempt at charging a payment, or a refund, whose attempt is 0. */
type Asked = {
  readonly paymentId: PaymentId
  readonly attempt: number
  readonly refundId?: RefundId
}

const uuid = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}'
const chargeKey = new RegExp(`^(${uuid}):([1-9]\\d{0,8})$`)
const refundKey = new RegExp(`^(${uuid}):(?:refund|(${uuid}))$`)

/**
 * What was asked of the provider under a key.
 * @returns undefined when the key is none of ours
 */
const askedUnder = (key: string): Asked | undefined => {
  const [, charged, attempt] = chargeKey.exec(key) ?? []
  if (charged !== undefined)
    return { paymentId: asId(PaymentId, charged), attempt: Number(attempt) }
  const [, refunded, refundId] = refundKey.exec(key) ?? []
  if (refunded === undefined) return undefined
  return {
    paymentId: asId(PaymentId, refunded),
    attempt: 0,
    ...(refundId !== undefined && { refundId: asId(RefundId, refundId) }),
  }
}

/**
 * Compares single entries of a provider's ledger, and single payments of ours, with the other side.
 * @param options.onMended told of everything that was recorded because of the ledger
 * @param options.clock that events are dated by
 */
export const ledgerComparison = (
  provider: Pick<PaymentProvider, 'name' | 'outcomeOf'>,
  { execute, stateOf }: Pick<Executor, 'execute' | 'stateOf'>,
  {
    onMended,
    clock,
  }: { readonly onMended: (entry: LedgerEntry) => void; readonly clock: () => Date },
) => {
  const record = async (
    { kind, key, providerRef, refundRef = '' }: LedgerEntry,
    { paymentId, attempt, refundId }: Asked,
  ): Promise<void> => {
    const commandId = derivedUuid('reconcile', key)
    const origin = { commandId, actorId: 'reconcile-payments', correlationId: commandId }
    await execute(
      payment,
      paymentId,
      kind === 'charge'
        ? { type: 'CompletePayment', data: { provider: provider.name, providerRef, attempt } }
        : { type: 'RecordRefund', data: { ...(refundId && { refundId }), refundRef } },
      origin,
    )
  }

  /**
   * Compares an entry with its payment. What is not recorded is `pending` when it is seen first, as its job may be about
   * to record it; seen again, it is recorded, and compared once more.
   * @param again whether the entry was seen unrecorded in an earlier run
   * @param failed told of a command that failed: one such entry must not keep the others from being looked at
   * @returns what remains different
   */
  const compareEntry = async (
    entry: LedgerEntry,
    { again, failed }: { readonly again: boolean; readonly failed: (error: unknown) => void },
  ): Promise<Difference | undefined> => {
    const { kind, key, at } = entry
    const isCharge = kind === 'charge'
    const asked = askedUnder(key)
    if (!asked || (isCharge && !asked.attempt))
      return { kind: isCharge ? 'charge_unknown' : 'refund_unknown', key, since: at, entry }
    const { paymentId, refundId } = asked
    const compareWith = (state: StateOf<typeof payment>): Comparison =>
      isCharge ? compareCharge(state, entry) : compareRefund(state, entry, refundId)
    const compare = async (): Promise<Comparison> => {
      const { state } = await stateOf(payment, paymentId, {
        enough: (kept) => compareWith(kept) === 'agrees',
      })
      return compareWith(state)
    }
    let comparison = await compare()
    if (comparison === 'unrecorded' && again) {
      try {
        await record(entry, asked)
        comparison = await compare()
        if (comparison === 'agrees') onMended(entry)
      } catch (error) {
        if (error instanceof Unavailable) throw error
        failed(error)
      }
    }
    if (comparison === 'agrees') return undefined
    if (comparison !== 'unrecorded') return { kind: comparison, key, paymentId, since: at, entry }
    const unrecorded = isCharge ? 'charge_unrecorded' : 'refund_unrecorded'
    const difference: Difference = { kind: unrecorded, key, paymentId, since: at, entry }
    return again ? difference : { ...difference, pending: true }
  }

  /** A payment of ours that is completed, and not in the part of the ledger that was read. */
  const missingCharge = async ({ paymentId, at }: Claim): Promise<Difference | undefined> => {
    const { state } = await stateOf(payment, paymentId)
    if (!('providerRef' in state) || state.provider !== provider.name) return undefined
    const answer = await provider.outcomeOf(chargeKeyOf(paymentId, state.attempt))
    if (answer?.paid && answer.providerRef === state.providerRef) return undefined
    return { kind: 'charge_missing', key: paymentId, paymentId, since: at }
  }

  /** A refund of ours that has not come to its end. */
  const missingRefund = async ({
    paymentId,
    refundId,
    at,
  }: Claim): Promise<Difference | undefined> => {
    const { state } = await stateOf(payment, paymentId)
    const failed = refundStatusOf(state, refundId) === 'failed'
    // Refunds of a part are an admin's, who is told by the order; nobody asks for this one again but who is alerted.
    if (failed && refundId === undefined && !hasGoneBack(state))
      return { kind: 'refund_failed', key: refundKeyOf(paymentId, refundId), paymentId, since: at }
    if (!awaitsRefund(state, refundId)) return undefined
    const isLate = clock().getTime() - Date.parse(at) > refundTime
    const key = refundKeyOf(paymentId, refundId)
    const late: Difference = { kind: 'refund_missing', key, paymentId, since: at }
    return isLate ? late : { ...late, pending: true }
  }

  const compareAgain = (
    difference: Difference,
    failed: (error: unknown) => void,
  ): Promise<Difference | undefined> => {
    const { entry, key, paymentId, since: at } = difference
    if (entry) return compareEntry(entry, { again: true, failed })
    if (paymentId === undefined) return Promise.resolve(difference)
    const claim = {
      paymentId: asId(PaymentId, paymentId),
      refundId: askedUnder(key)?.refundId,
      at,
    }
    return difference.kind === 'charge_missing' ? missingCharge(claim) : missingRefund(claim)
  }

  return { compareEntry, compareAgain, missingCharge, missingRefund }
}
