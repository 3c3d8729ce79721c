import { randomUUID } from 'node:crypto'
import { asId } from '#kernel'
import { stock } from '../../src/domains/inventory/language.ts'
import { ProductId } from '../../src/domains/shared/index.ts'
import type { Core } from './core.ts'
import { inParallel } from './load.ts'

/** Number of concurrent callers. */
export const many = 256

const newProduct = () => asId(ProductId, randomUUID())

/** Origin of a command, each of another user. */
const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: commandId, correlationId: commandId }
}

/** Commands on stock, of one event each. */
export type StockCommands = {
  /** Executes a command on a new stream. */
  readonly onNew: () => Promise<unknown>
  /** Executes a command on a random existing stream. */
  readonly onExisting: () => Promise<unknown>
  /** Number of existing streams. */
  readonly products: number
}

/** Creates streams to execute commands on. @param count number of streams */
export const stockCommands = async (
  { newExecutor }: Core,
  count: number,
): Promise<StockCommands> => {
  // Separate executors, as new streams would evict the others from the cache.
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
