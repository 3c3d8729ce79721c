import type { Mailer } from '../platform/mail/port.ts'
import type { PaymentProvider } from '../platform/payments/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import { chargeCard } from './charge-card.ts'
import { refundCard } from './refund-card.ts'
import { sendMail } from './send-mail.ts'

export { chargeCard, refundCard, sendMail }

/** Every effect on the outside world that there is. */
export const jobs = (
  { provider, mailer }: { readonly provider: PaymentProvider; readonly mailer: Mailer },
  executor: Executor,
) =>
  [
    chargeCard(provider, executor),
    refundCard(provider, executor),
    sendMail(mailer, executor),
  ] as const
