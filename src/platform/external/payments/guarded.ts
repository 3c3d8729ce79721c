import { createAvailability } from '../../availability.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { Unavailable } from '../../unavailable.ts'
import type { PaymentProvider } from './port.ts'

const policy = policies.payments

/**
 * Guards a payment provider by a time limit and a breaker. A call past its limit may have had its effect all the same: it
 * is repeated under the same idempotency key.
 * @param options.answerMs time limit of a call, in ms; default 10,000
 * @param options.onChange called when the provider stops answering, and when it answers again
 */
export const guardedPayments = (
  provider: PaymentProvider,
  {
    answerMs = policy.answerMs,
    onChange,
  }: {
    readonly answerMs?: number
    readonly onChange?: (isUp: boolean, error?: unknown) => void
  } = {},
): PaymentProvider & { readonly client: OutboundClient } => {
  const availability = createAvailability('The payment provider', { policy, onChange })

  const within = async <T>(call: () => Promise<T>): Promise<T> => {
    const limit = Promise.withResolvers<never>()
    const timer = setTimeout(
      () =>
        limit.reject(new Unavailable(`The payment provider did not answer within ${answerMs} ms`)),
      answerMs,
    )
    try {
      return await Promise.race([call(), limit.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  const guarded =
    <A, T>(call: (asked: A) => Promise<T>) =>
    (asked: A): Promise<T> =>
      availability.attempt(() => within(() => call(asked)))

  return {
    name: provider.name,
    client: { name: `payments ${provider.name}`, policy, status: availability.status },
    charge: guarded(provider.charge),
    outcomeOf: guarded(provider.outcomeOf),
    cancel: guarded(provider.cancel),
    authorise: guarded(provider.authorise),
    authorisationOf: guarded(provider.authorisationOf),
    capture: guarded(provider.capture),
    release: guarded(provider.release),
    ledger: guarded(provider.ledger),
    refund: guarded(provider.refund),
  }
}
