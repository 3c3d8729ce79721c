import { refuse } from '#kernel'
import type { OrderId } from '../shared/index.ts'
import { billOf, releaseIn, type Bill, type Receipt, type State } from './payment-state.ts'

/** Reason of the failure of a payment without an answer of the provider, cancelled there, so that no charge follows. */
export const providerUnavailable = 'provider_unavailable'

/** An attempt at an authorisation. */
type Which = { readonly orderId: OrderId; readonly attempt: number }

const releaseOf = ({ orderId, attempt }: Which) =>
  ({ type: 'PaymentReleaseRequested', data: { orderId, attempt } }) as const

/** Requests the authorisation of a payment, once: after a failure, the order is placed again. */
export const decideAuthorise = <Data extends Omit<Bill, 'attempt'>>(data: Data, state: State) => {
  if (data.amount.amount === 0) return refuse('NothingToAuthorise')
  switch (state.status) {
    case 'none':
      return [{ type: 'PaymentAuthorisationRequested', data: { ...data, attempt: 1 } }] as const
    case 'voided':
    case 'refunding':
    case 'refunded':
      return refuse('AlreadyVoided')
    default:
      return []
  }
}

/** Records that an amount is held. One of a payment that has failed or is void is about to be released. */
export const decideAuthorised = (
  { attempt, provider, providerRef }: Receipt & { readonly attempt: number },
  state: State,
) => {
  if (state.status === 'none') return refuse('NotInitiated')
  if (state.status !== 'authorising' || state.attempt !== attempt) return []
  const { orderId } = state
  return [{ type: 'PaymentAuthorised', data: { orderId, provider, providerRef } }] as const
}

/** Records that no amount is held. Without an answer of the provider, one may be held nevertheless: it is released. */
export const decideNotAuthorised = (
  { attempt, reason }: { readonly attempt: number; readonly reason: string },
  state: State,
) => {
  if (state.status === 'none') return refuse('NotInitiated')
  if (state.status !== 'authorising' || state.attempt !== attempt) return []
  const failed = {
    type: 'PaymentAuthorisationFailed',
    data: { orderId: state.orderId, reason },
  } as const
  return reason === providerUnavailable ? [failed, releaseOf(state)] : [failed]
}

/** Requests the capture of a held amount. */
export const decideCapture = (state: State) => {
  switch (state.status) {
    case 'authorised': {
      const { orderId, amount, provider, providerRef, attempt } = state
      const data = { orderId, amount, provider, providerRef, attempt }
      return [{ type: 'PaymentCaptureRequested', data }] as const
    }
    case 'capturing':
    case 'completed':
    case 'refunding':
    case 'refunded':
      return []
    default:
      return refuse('NotAuthorised')
  }
}

/** Records that the provider did not take a held amount. It is released: nothing captures it any more. */
export const decideNotCaptured = (
  { attempt, reason }: { readonly attempt: number; readonly reason: string },
  state: State,
) => {
  if (state.status === 'none') return refuse('NotInitiated')
  if (state.status !== 'capturing' || state.attempt !== attempt) return []
  const failed = { type: 'PaymentCaptureFailed', data: { orderId: state.orderId, reason } } as const
  return [failed, releaseOf(state)]
}

/** Records that the provider holds an amount no longer. */
export const decideReleased = ({ attempt }: { readonly attempt: number }, state: State) => {
  const release = releaseIn(state)
  if (release?.attempt !== attempt || release.status === 'done' || !('orderId' in state)) return []
  return [{ type: 'PaymentReleased', data: { orderId: state.orderId, attempt } }] as const
}

/** Returns the events of a voided payment whose amount is held, or may be. */
export const voidHeld = (which: Which) =>
  [{ type: 'PaymentVoided', data: { orderId: which.orderId } }, releaseOf(which)] as const

/** Rules of the events of authorisations. */
export const evolveAuthorisation = {
  PaymentAuthorisationRequested: (_: State, bill: Bill): State => ({
    status: 'authorising',
    ...billOf(bill),
  }),
  PaymentAuthorised: (state: State, { provider, providerRef }: Receipt): State =>
    state.status === 'authorising'
      ? { ...state, status: 'authorised', provider, providerRef }
      : state,
  PaymentAuthorisationFailed: (state: State): State =>
    state.status === 'authorising' ? { ...state, status: 'failed' } : state,
  PaymentCaptureRequested: (state: State): State =>
    state.status === 'authorised' ? { ...state, status: 'capturing' } : state,
  PaymentCaptured: (state: State, { provider, providerRef }: Receipt): State =>
    state.status === 'authorised' || state.status === 'capturing'
      ? { ...billOf(state), status: 'completed', provider, providerRef, refunds: {} }
      : state,
  PaymentCaptureFailed: (state: State): State =>
    state.status === 'capturing' ? { ...billOf(state), status: 'failed', uncaptured: true } : state,
  PaymentReleaseRequested: (state: State, { attempt }: Which): State => {
    const release = { attempt, status: 'pending' as const }
    return state.status === 'failed' || state.status === 'voided' ? { ...state, release } : state
  },
  PaymentReleased: (state: State, { attempt }: Which): State => {
    const release = { attempt, status: 'done' as const }
    return state.status === 'failed' || state.status === 'voided' ? { ...state, release } : state
  },
}
