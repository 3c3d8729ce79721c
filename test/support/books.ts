import { expect } from 'vitest'
import { ledgerOf } from './agora.ts'
import type { Order, Shop, Stock } from './shop.ts'
import { until } from './until.ts'

/**
 * Asserts that orders and the payment ledger agree, once every order has ended: each confirmed order was charged exactly
 * once, no other order is paid, and stock has decreased by the pieces sold.
 * @param orders all there are
 * @param data the Agora's folder, or the URL of its PostgreSQL
 * @param delivered how many pieces there were of each product
 */
export const assertBooksAgree = async (
  { shop, data }: { readonly shop: Shop; readonly data: string },
  orders: readonly Order[],
  delivered: Readonly<Record<string, number>>,
): Promise<void> => {
  const confirmed = orders.filter(({ status }) => status === 'CONFIRMED')
  const owed = confirmed.reduce((sum, { total }) => sum + total.amount, 0)
  // Refunds of failed orders may still be in flight.
  const ledger = await until(
    () => ledgerOf(data),
    ({ balance }) => balance === owed,
  )
  const paid = (payment: string) =>
    (ledger.charges.get(payment)?.length ?? 0) - (ledger.refunds.get(payment)?.length ?? 0)
  const payments = new Set(confirmed.map(({ payment }) => payment?.id ?? ''))
  expect(
    confirmed.filter(({ payment }) => ledger.charges.get(payment?.id ?? '')?.length !== 1),
  ).toEqual([])
  expect(
    [...ledger.charges.keys()].filter((one) => paid(one) !== (payments.has(one) ? 1 : 0)),
  ).toEqual([])

  const sold = (product: string) =>
    confirmed
      .flatMap(({ items }) => items)
      .filter(({ refId }) => refId === product)
      .reduce((sum, { quantity }) => sum + quantity, 0)
  for (const [product, pieces] of Object.entries(delivered)) {
    const left = pieces - sold(product)
    const stock: Stock = { quantity: left, reserved: 0, available: left }
    await expect.poll(() => shop.stockOf(product)).toEqual(stock)
  }
}
