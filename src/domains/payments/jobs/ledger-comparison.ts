import { asId, derivedUuid, type StateOf } from '#kernel'
import { awaitsRefund, hasGoneBack, payment, refundStatusOf, releaseIn } from '../language.ts'
import { PaymentId, RefundId } from '../../shared/index.ts'
import type { LedgerEntry, PaymentProvider } from '../../../platform/external/payments/port.ts'
import type { Difference } from '../../../platform/storage/reconciliation/port.ts'
import type { Executor } from '../../../runtime/execution.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { chargeKeyOf } from './charge-card.ts'
import { receiptFrom } from './receipt-from.ts'
import { refundKeyOf } from './refund-card.ts'
import {
  compareAuthorisation,
  compareCharge,
  compareRefund,
  compareRelease,
  type Comparison,
} from './payment-differences.ts'

/** Time after which a pending refund, capture or release is alerted, in ms. */
const dueTime = 15 * 60_000

/** A charge, refund, capture or release that an event records. */
export type Claim = {
  readonly paymentId: PaymentId
  /** Id of a refund; undefined for a charge, and for the refund of a whole payment. */
  readonly refundId?: RefundId | undefined
  readonly at: string
}

/** A request to the provider: one attempt at a charge or authorisation, or a refund, whose attempt is 0. */
type ProviderRequest = {
  readonly paymentId: PaymentId
  readonly attempt: number
  readonly refundId?: RefundId
}

const uuid = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}'
const chargeKey = new RegExp(`^(${uuid}):([1-9]\\d{0,8})$`)
const refundKey = new RegExp(`^(${uuid}):(?:refund|(${uuid}))$`)

/**
 * Returns the request that belongs to an idempotency key.
 * @returns undefined when the key is not Agora's
 */
export const requestOf = (key: string): ProviderRequest | undefined => {
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
 * Compares single entries of the provider's ledger with payments, and single payments with the provider.
 * @param options.onMended called with each entry that was recorded
 * @param options.clock clock of the events' times
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
    { paymentId, attempt, refundId }: ProviderRequest,
  ): Promise<void> => {
    // An authorisation, its capture and its release have one key.
    const commandId =
      kind === 'charge' || kind === 'refund'
        ? derivedUuid('reconcile', key)
        : derivedUuid('reconcile', key, kind)
    const origin = { commandId, actorId: 'reconcile-payments', correlationId: commandId }
    const receipt = receiptFrom(provider, { providerRef }, attempt)
    const commands = {
      charge: { type: 'CompletePayment', data: receipt },
      refund: { type: 'RecordRefund', data: { ...(refundId && { refundId }), refundRef } },
      authorisation: { type: 'RecordAuthorisation', data: receipt },
      release: { type: 'RecordRelease', data: { attempt } },
    } as const
    await execute(payment, paymentId, commands[kind], origin)
  }

  /**
   * Compares an entry with its payment. An unrecorded one is `pending` in the first run, as its job may be about to record
   * it; in the next run it is recorded, and compared once more.
   * @param again whether an earlier run found the entry unrecorded
   * @param failed called with the error of a failed command, so that the other entries are still compared
   * @returns the remaining difference
   */
  const compareEntry = async (
    entry: LedgerEntry,
    { again, failed }: { readonly again: boolean; readonly failed: (error: unknown) => void },
  ): Promise<Difference | undefined> => {
    const { kind, key, at } = entry
    const requested = requestOf(key)
    if (!requested || (kind !== 'refund' && !requested.attempt))
      return { kind: `${kind}_unknown`, key, since: at, entry }
    const { paymentId, refundId, attempt } = requested
    const compareWith = (state: StateOf<typeof payment>): Comparison => {
      switch (kind) {
        case 'charge':
          return compareCharge(state, entry)
        case 'refund':
          return compareRefund(state, entry, refundId)
        case 'authorisation':
          return compareAuthorisation(state, entry, attempt)
        case 'release':
          return compareRelease(state, attempt)
      }
    }
    const compare = async (): Promise<Comparison> => {
      const { state } = await stateOf(payment, paymentId, {
        enough: (kept) => compareWith(kept) === 'agrees',
      })
      return compareWith(state)
    }
    let comparison = await compare()
    if (comparison === 'unrecorded' && again) {
      try {
        await record(entry, requested)
        comparison = await compare()
        if (comparison === 'agrees') onMended(entry)
      } catch (error) {
        if (error instanceof Unavailable) throw error
        failed(error)
      }
    }
    if (comparison === 'agrees') return undefined
    if (comparison !== 'unrecorded') return { kind: comparison, key, paymentId, since: at, entry }
    const difference: Difference = { kind: `${kind}_unrecorded`, key, paymentId, since: at, entry }
    return again ? difference : { ...difference, pending: true }
  }

  /** Compares a completed payment, missing in the read part of the ledger, with the provider. */
  const missingCharge = async ({ paymentId, at }: Claim): Promise<Difference | undefined> => {
    const { state } = await stateOf(payment, paymentId)
    if (!('providerRef' in state) || state.provider !== provider.name) return undefined
    const answer = await provider.outcomeOf(chargeKeyOf(paymentId, state.attempt))
    if (answer?.paid && answer.providerRef === state.providerRef) return undefined
    return { kind: 'charge_missing', key: paymentId, paymentId, since: at }
  }

  /** Checks a requested refund: failed or late ones are differences. */
  const missingRefund = async ({
    paymentId,
    refundId,
    at,
  }: Claim): Promise<Difference | undefined> => {
    const { state } = await stateOf(payment, paymentId)
    const failed = refundStatusOf(state, refundId) === 'failed'
    // Failed partial refunds are shown to admins in the order; this one is retried only by those who get the alert.
    if (failed && refundId === undefined && !hasGoneBack(state))
      return { kind: 'refund_failed', key: refundKeyOf(paymentId, refundId), paymentId, since: at }
    if (!awaitsRefund(state, refundId)) return undefined
    const key = refundKeyOf(paymentId, refundId)
    return late({ kind: 'refund_missing', key, paymentId, since: at })
  }

  /** Returns the difference of a request that is not fulfilled: no alert before it is late. */
  const late = (difference: Difference): Difference =>
    clock().getTime() - Date.parse(difference.since) > dueTime
      ? difference
      : { ...difference, pending: true }

  /** Checks a requested capture: failed or late ones are differences. */
  const missingCapture = async ({ paymentId, at }: Claim): Promise<Difference | undefined> => {
    const { state } = await stateOf(payment, paymentId)
    const difference = { key: paymentId, paymentId, since: at }
    if (state.status === 'failed' && state.uncaptured)
      return { kind: 'capture_failed', ...difference }
    return state.status === 'capturing'
      ? late({ kind: 'capture_missing', ...difference })
      : undefined
  }

  /** Checks a requested release: late ones are differences. */
  const missingRelease = async ({ paymentId, at }: Claim): Promise<Difference | undefined> => {
    const { state } = await stateOf(payment, paymentId)
    return releaseIn(state)?.status === 'pending'
      ? late({ kind: 'release_missing', key: paymentId, paymentId, since: at })
      : undefined
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
      refundId: requestOf(key)?.refundId,
      at,
    }
    switch (difference.kind) {
      case 'charge_missing':
        return missingCharge(claim)
      case 'capture_failed':
      case 'capture_missing':
        return missingCapture(claim)
      case 'release_missing':
        return missingRelease(claim)
      default:
        return missingRefund(claim)
    }
  }

  return {
    compareEntry,
    compareAgain,
    missingCharge,
    missingRefund,
    missingCapture,
    missingRelease,
  }
}
