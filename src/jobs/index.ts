import type { Forgetting } from '../platform/forgetting/port.ts'
import type { Mailer } from '../platform/mail/port.ts'
import type { PaymentProvider } from '../platform/payments/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import type { Chore } from '../platform/runtime/now-and-then.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'
import { accountMail, type Letters } from './account-mail.ts'
import { chargeCard } from './charge-card.ts'
import { destroyKey } from './destroy-key.ts'
import { expireSessions } from './expire-sessions.ts'
import { forgetPerson } from './forget-person.ts'
import { goodbyeJob, sayGoodbye } from './goodbye.ts'
import { reconcilePayments } from './reconcile-payments.ts'
import { refundCard } from './refund-card.ts'
import { sendMail } from './send-mail.ts'

/** Every effect on the outside world that there is, and what else has to be looked up before it can be done. */
export const jobs = (
  {
    provider,
    mailer,
    readModels,
    letters,
    forgetting,
    clock,
  }: {
    readonly provider: PaymentProvider
    readonly mailer: Mailer
    readonly readModels: ReadModels
    readonly letters: Letters
    readonly forgetting: Pick<Forgetting, 'forget' | 'receiptOf'>
    readonly clock: () => Date
  },
  executor: Executor,
) =>
  [
    chargeCard(provider, executor),
    refundCard(provider, executor),
    sendMail(mailer, executor),
    accountMail(mailer, letters, readModels, executor),
    forgetPerson(readModels, executor),
    goodbyeJob(sayGoodbye(mailer, letters, executor), executor),
    destroyKey(forgetting, readModels, executor, clock),
  ] as const

/** What has to be done now and then, as no event asks for it. */
export const chores = (
  readModels: ReadModels,
  executor: Executor,
  {
    provider,
    ...reconciling
  }: { readonly provider: PaymentProvider } & Parameters<typeof reconcilePayments>[2],
): readonly Chore[] => [
  {
    name: 'expire-sessions',
    every: 10 * 60_000,
    run: expireSessions(readModels, executor, reconciling.clock),
  },
  {
    name: 'reconcile-payments',
    every: 60_000,
    run: reconcilePayments(provider, executor, reconciling),
  },
]
