import { setTimeout } from 'node:timers/promises'
import { derivedUuid } from '#kernel'
import type { Database } from '../../engines/postgres/database.ts'
import { Unavailable } from '../../unavailable.ts'
import { chargeLedger, type LedgerCharge, type LedgerRefund } from './simulator-ledger.ts'
import { ledgerPages } from './simulator-pages.ts'
import { cancelled, type ChargeAnswer, type PaymentProvider } from './port.ts'
import { refundLedger } from './simulator-refunds.ts'

/** What the simulator does with a card token. */
type Behaviour = {
  /** Why it is declined; undefined when it pays. */
  readonly declined?: string
  /** How often each key is asked in vain before there is an answer. Default 0. */
  readonly failures?: number
  readonly slow?: true
}

const behaviours = new Map<string, Behaviour>([
  ['tok_ok', {}],
  ['tok_declined', { declined: 'card_declined' }],
  ['tok_insufficient_funds', { declined: 'insufficient_funds' }],
  ['tok_slow', { slow: true }],
  ['tok_unavailable', { failures: 2 }],
])

/** What the simulator calls a charge. */
const refOf = (idempotencyKey: string): string => `sim_${derivedUuid('charge', idempotencyKey)}`

const unknownToken: Behaviour = { declined: 'unknown_token' }

/** A payment provider that moves no money, and whose books can be read. */
export type PaymentSimulator = PaymentProvider & {
  /** The money that was taken, oldest first. */
  readonly charges: () => Promise<readonly LedgerCharge[]>
  /** The money that was returned, oldest first. */
  readonly refunds: () => Promise<readonly LedgerRefund[]>
}

/**
 * A payment provider for those who have none. It keeps its books in PostgreSQL, so that they outlive a crash, and writes
 * them before it answers, as a real one does: an answer that is lost on the way can be asked for again.
 *
 * Tokens: `tok_ok` pays; `tok_declined` and `tok_insufficient_funds` are declined; `tok_slow` pays after a while;
 * `tok_unavailable` is away twice for each key, then pays; every other is declined as `unknown_token`.
 * @param options.slowness how long `tok_slow` takes, ms; default 2,000
 */
export const paymentSimulator = (
  database: Database,
  { slowness = 2_000 }: { readonly slowness?: number } = {},
): PaymentSimulator => {
  const book = chargeLedger(database)
  const { refund, refunds } = refundLedger(database)
  return {
    name: 'simulator',

    charge: async ({ idempotencyKey, token, amount }): Promise<ChargeAnswer> => {
      if (!Number.isSafeInteger(amount.amount) || amount.amount <= 0)
        throw new TypeError('A charge is a whole number of minor units, 1 at the least')
      const { declined, failures = 0, slow } = behaviours.get(token) ?? unknownToken
      const providerRef = refOf(idempotencyKey)
      const { attempt, reason } = await book.enter({
        key: idempotencyKey,
        // Clients choose the token; PostgreSQL cannot keep a NUL, and the others in the batch are not to suffer from it.
        token: token.replaceAll('\0', '\ufffd'),
        ...amount,
        failures,
        reason: declined ?? null,
        providerRef,
      })
      if (reason === cancelled) return { paid: false, reason }
      if (slow) await setTimeout(slowness)
      if (attempt <= failures) throw new Unavailable('The payment simulator plays dead')
      return declined === undefined
        ? { paid: true, providerRef }
        : { paid: false, reason: declined }
    },

    outcomeOf: book.outcomeOf,
    cancel: (idempotencyKey) => book.cancel(idempotencyKey, refOf(idempotencyKey)),
    ledger: ledgerPages(database),
    refund,
    charges: book.charges,
    refunds,
  }
}
