import { describe, expect, test } from 'vitest'
import { notReconciled, type Reconciliation, type Reconciliations } from './port.ts'

/**
 * Conformance suite of the reconciliations.
 * @param make creates a store for each test
 */
export const reconciliationConformance = (
  name: string,
  make: () => Promise<{ readonly reconciliations: Reconciliations } & AsyncDisposable>,
): void => {
  describe(`${name} reconciliations`, () => {
    test('begin with nothing compared, and are stored by provider', async () => {
      await using fixture = await make()
      const { load, save } = fixture.reconciliations
      expect(await load('one')).toEqual(notReconciled)
      const first: Reconciliation = {
        since: '2030-01-07T08:09:10.123456Z',
        position: 9_007_199_254_740_993n,
        open: [
          {
            kind: 'charge_amount',
            key: 'a:1',
            paymentId: 'a',
            since: '2030-01-07T08:09:10.123456Z',
            entry: {
              kind: 'charge',
              key: 'a:1',
              providerRef: 'ch_1',
              amount: { amount: 5, currency: 'EUR' },
              at: '2030-01-07T08:09:10.123456Z',
            },
          },
          { kind: 'refund_missing', key: 'b', since: '2030-01-07T08:09:10.000Z', pending: true },
        ],
      }
      await save('one', first)
      expect(await load('one')).toEqual(first)
      expect(await load('other')).toEqual(notReconciled)
      await save('one', { ...first, open: [] })
      expect(await load('one')).toEqual({ ...first, open: [] })
    })
  })
}
