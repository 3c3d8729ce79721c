import { orderFacts } from '../../../projections/index.ts'
import { eachDocument, momentsIn, type Reads } from './all-documents.ts'
import type { Range } from './asked-range.ts'

/** Number of the best products and gigs. */
const best = 10

/** Sums of money by currency. */
const purse = () => {
  const amounts = new Map<string, number>()
  return {
    add: (currency: string, amount: number): void =>
      void amounts.set(currency, (amounts.get(currency) ?? 0) + amount),
    all: () =>
      [...amounts]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([currency, amount]) => ({ currency, amount })),
  }
}

/** Sales of things by their ids. */
const ranking = () => {
  const sold = new Map<string, { pieces: number; readonly money: ReturnType<typeof purse> }>()
  return {
    add: (id: string, pieces: number, currency: string, amount: number): void => {
      const one = sold.get(id) ?? { pieces: 0, money: purse() }
      one.pieces += pieces
      one.money.add(currency, amount)
      sold.set(id, one)
    },
    best: () =>
      [...sold]
        .toSorted(([a, one], [b, other]) => other.pieces - one.pieces || (a < b ? -1 : 1))
        .slice(0, best)
        .map(([id, { pieces, money }]) => ({ id, pieces, amounts: money.all() })),
  }
}

/** Returns the sales of a range by day and currency, and the products and gigs that were sold most. */
export const salesIn = async (reads: Reads, range: Range) => {
  const days = new Map<string, { day: string; currency: string; amount: number; orders: number }>()
  const [products, gigs] = [ranking(), ranking()]
  const where = { paidAt: momentsIn(range) }
  await eachDocument(reads, orderFacts, where, 'paidAt', (sold) => {
    const { paidAt, currency, amount, items, kind } = sold
    if (paidAt === undefined) return
    const day = range.zone.bucketAt('day', Date.parse(paidAt))
    const key = `${day} ${currency}`
    const sum = days.get(key) ?? { day, currency, amount: 0, orders: 0 }
    sum.amount += amount
    sum.orders += 1
    days.set(key, sum)
    const ranked = kind === 'product' ? products : gigs
    for (const item of items) ranked.add(item.refId, item.quantity, currency, item.amount)
  })
  return {
    sales: [...days.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum),
    top: {
      products: products
        .best()
        .map(({ id, pieces, amounts }) => ({ productId: id, quantity: pieces, amounts })),
      gigs: gigs.best().map(({ id, pieces, amounts }) => ({ gigId: id, orders: pieces, amounts })),
    },
  }
}
