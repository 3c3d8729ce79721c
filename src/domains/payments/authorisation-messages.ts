import { Fields } from '#kernel'
import {
  Code,
  Money,
  OrderId,
  PaymentToken,
  Reason,
  RecordedMoney,
  RecordedReason,
  RecordedToken,
  UserId,
} from '../shared/index.ts'
import { Attempt, receipt } from './payment-state.ts'

const bill = { orderId: OrderId, userId: UserId, amount: Money, token: PaymentToken }

/** Schemas of recorded events accept older tokens and currencies. */
const recorded = { ...bill, amount: RecordedMoney, token: RecordedToken }

const which = { orderId: OrderId, attempt: Attempt }

/** Commands of payments whose amount is held first, and taken later. */
export const authorisationCommands = {
  AuthorisePayment: Fields(bill, {
    description: 'Request that the amount is held on the card.',
  }),
  RecordAuthorisation: Fields(
    { provider: Code(100), providerRef: Code(255), attempt: Attempt },
    { description: 'Record that the amount is held.' },
  ),
  FailAuthorisation: Fields(
    { reason: Reason, attempt: Attempt },
    { description: 'Record that the amount is not held.' },
  ),
  CapturePayment: Fields({ orderId: OrderId }, { description: 'Take the held amount.' }),
  FailCapture: Fields(
    { reason: Reason, attempt: Attempt },
    { description: 'Record that the provider did not take the held amount.' },
  ),
  RecordRelease: Fields(
    { attempt: Attempt },
    { description: 'Record that the provider holds the amount no longer.' },
  ),
}

/** Events of payments whose amount is held first, and taken later. */
export const authorisationEvents = {
  PaymentAuthorisationRequested: Fields({ ...recorded, attempt: Attempt }),
  PaymentAuthorised: Fields({ orderId: OrderId, ...receipt }),
  PaymentAuthorisationFailed: Fields({ orderId: OrderId, reason: RecordedReason }),
  PaymentCaptureRequested: Fields({ ...which, amount: RecordedMoney, ...receipt }),
  /** From here on it is a completed payment, as one that was charged at once. */
  PaymentCaptured: Fields({ orderId: OrderId, ...receipt }),
  PaymentCaptureFailed: Fields({ orderId: OrderId, reason: RecordedReason }),
  /** The provider is to release the amount, or to decline an authorisation that may still arrive. */
  PaymentReleaseRequested: Fields(which),
  PaymentReleased: Fields(which),
}

/** Reasons of refusals about authorisations. */
export const authorisationRefusals = {
  NothingToAuthorise: 'An amount of 0 cannot be held; nothing has to be paid.',
  NotAuthorised: 'No money is held for this order.',
}
