import { describe, expect, test } from 'vitest'
import type { Audits, AuditState } from './port.ts'

const state: AuditState = {
  running: { position: 9_007_199_254_740_993n, head: 9_007_199_254_740_995n, share: 0.25 },
  last: {
    outcome: 'audited',
    at: '2030-01-07T08:09:10.123Z',
    findings: {
      generation: 3,
      store: 'mongo',
      position: 9_007_199_254_740_991n,
      isWhole: true,
      looked: 5,
      same: 3,
      different: 1,
      missing: 1,
      orphans: 0,
      sumsOnly: 0,
      inconclusive: 0,
      parked: 0,
      orphansSought: true,
      sums: [{ name: 'money', ledger: { EUR: 5, position: 1 }, documents: { EUR: 4, head: 2 } }],
    },
  },
  open: [{ key: 'a', kind: 'different', fields: ['title'] }],
}

/**
 * Conformance suite of the audits.
 * @param make creates a store for each test
 */
export const auditsConformance = (
  name: string,
  make: () => Promise<{ readonly audits: Audits } & AsyncDisposable>,
): void => {
  describe(`${name} audits`, () => {
    test('have the state that was saved last, and requests until they are answered', async () => {
      await using fixture = await make()
      const { audits } = fixture
      expect(await audits.list()).toEqual([])
      await audits.request('products', { id: 'one', all: false })
      await audits.save('orders', { open: [] })
      await audits.save('orders', state)
      expect(await audits.list()).toEqual([
        { name: 'orders', ...state },
        { name: 'products', open: [], request: { id: 'one', all: false } },
      ])
      await audits.request('products', { id: 'two', all: true })
      await audits.answered('products', { id: 'one', all: false })
      expect((await audits.list())[1]?.request).toEqual({ id: 'two', all: true })
      await audits.save('products', { open: [] })
      await audits.answered('products', { id: 'two', all: true })
      expect((await audits.list())[1]).toEqual({ name: 'products', open: [] })
    })
  })
}
