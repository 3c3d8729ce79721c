import { randomUUID } from 'node:crypto'
import { asId } from '#kernel'
import { stock } from '../../src/domains/inventory/language.ts'
import { ProductId } from '../../src/domains/shared/index.ts'
import type { Core } from './core.ts'
import { inParallel } from './load.ts'

/** So many callers at once. */
export const many = 256

const newProduct = () => asId(ProductId, randomUUID())

/** Where a command comes from: somebody else each time. */
const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: commandId, correlationId: commandId }
}

/** Commands on stock, one event each. */
export type StockCommands = {
  /** To a stream that is not there yet. */
  readonly onNew: () => Promise<unknown>
  /** To any of those that are. */
  readonly onExisting: () => Promise<unknown>
  /** So many are. */
  readonly products: number
}

/** Begins streams to command. @param count so many */
export const stockCommands = async (
  { newExecutor }: Core,
  count: number,
): Promise<StockCommands> => {
  // One each: new streams would push the others out of the cache.
  const { execute } = newExecutor()
  const { execute: executeNew } = newExecutor()
  const initialize = { type: 'InitializeStock', data: {} } as const
  const adjust = { type: 'AdjustStock', data: { delta: 1, reason: 'bench' } } as const

  const products = Array.from({ length: count }, newProduct)
  await inParallel(products, many, (id) => execute(stock, id, initialize, origin()))
  return {
    onNew: () => executeNew(stock, newProduct(), initialize, origin()),
    onExisting: () =>
      execute(stock, products[Math.floor(Math.random() * products.length)]!, adjust, origin()),
    products: count,
  }
}
