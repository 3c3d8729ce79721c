import { setTimeout } from 'node:timers/promises'
import { derivedUuid } from '#kernel'
import type { Database } from '../../engines/postgres/database.ts'
import { Unavailable } from '../../unavailable.ts'
import { authorisationLedger } from './simulator-authorisations.ts'
import { chargeLedger, type LedgerCharge, type LedgerRefund } from './simulator-ledger.ts'
import { ledgerPages } from './simulator-pages.ts'
import {
  cancelled,
  type AuthorisationAnswer,
  type Charge,
  type ChargeAnswer,
  type PaymentProvider,
} from './port.ts'
import { refundLedger } from './simulator-refunds.ts'

/** Behaviour of the simulator for a card token. */
type Behaviour = {
  /** Reason of the decline; undefined for a token that pays. */
  readonly declined?: string
  /** Number of requests of each key that fail before the first answer. Default 0. */
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

/** The simulator's reference of a charge. */
const refOf = (idempotencyKey: string): string => `sim_${derivedUuid('charge', idempotencyKey)}`

const unknownToken: Behaviour = { declined: 'unknown_token' }

/** A payment provider that moves no money, and lists its charges and refunds. */
export type PaymentSimulator = PaymentProvider & {
  /** Returns the paid charges, oldest first. */
  readonly charges: () => Promise<readonly LedgerCharge[]>
  /** Returns the refunds, oldest first. */
  readonly refunds: () => Promise<readonly LedgerRefund[]>
}

/**
 * Payment provider for development. It stores charges, authorisations and refunds in PostgreSQL before it answers,
 * as a real one does, so that they survive a crash and a lost answer can be requested again.
 *
 * Authorisations decline and fail as charges do; captures and releases always succeed.
 *
 * Tokens: `tok_ok` pays; `tok_declined` and `tok_insufficient_funds` are declined; `tok_slow` pays after a delay;
 * `tok_unavailable` fails twice for each key, then pays; every other is declined as `unknown_token`.
 * @param options.slowness delay of the answers to `tok_slow`, in ms; default 2,000
 */
export const paymentSimulator = (
  database: Database,
  { slowness = 2_000 }: { readonly slowness?: number } = {},
): PaymentSimulator => {
  const ledger = chargeLedger(database)
  const authorisations = authorisationLedger(database)
  const { refund, refunds } = refundLedger(database)

  /** Enters a request into a ledger and behaves as its token says. @returns the reason of a decline; undefined without one */
  const requested = async (
    { idempotencyKey, token, amount }: Charge,
    enter: typeof ledger.enter,
  ): Promise<string | undefined> => {
    if (!Number.isSafeInteger(amount.amount) || amount.amount <= 0)
      throw new TypeError('The amount of a charge is a whole number of minor units, at least 1')
    const { declined, failures = 0, slow } = behaviours.get(token) ?? unknownToken
    const { attempt, reason } = await enter({
      key: idempotencyKey,
      // Clients choose the token; PostgreSQL rejects a NUL, which would fail the other charges of the batch.
      token: token.replaceAll('\0', '\ufffd'),
      ...amount,
      failures,
      reason: declined ?? null,
      providerRef: refOf(idempotencyKey),
    })
    if (reason === cancelled) return reason
    if (slow) await setTimeout(slowness)
    if (attempt <= failures) throw new Unavailable('The payment simulator simulates an outage')
    return declined
  }

  return {
    name: 'simulator',

    charge: async (charge): Promise<ChargeAnswer> => {
      const reason = await requested(charge, ledger.enter)
      return reason === undefined
        ? { paid: true, providerRef: refOf(charge.idempotencyKey) }
        : { paid: false, reason }
    },

    authorise: async (charge): Promise<AuthorisationAnswer> => {
      const reason = await requested(charge, authorisations.enter)
      return reason === undefined
        ? { authorised: true, providerRef: refOf(charge.idempotencyKey) }
        : { authorised: false, reason }
    },
    authorisationOf: authorisations.outcomeOf,
    capture: authorisations.capture,
    release: (idempotencyKey) => authorisations.release(idempotencyKey, refOf(idempotencyKey)),

    outcomeOf: ledger.outcomeOf,
    cancel: (idempotencyKey) => ledger.cancel(idempotencyKey, refOf(idempotencyKey)),
    ledger: ledgerPages(database),
    refund,
    charges: ledger.charges,
    refunds,
  }
}
