import type { Check } from '../http/dependencies.ts'
import type { Operations } from '../platform/runtime/operations.ts'
import { Unavailable } from '../platform/unavailable.ts'

/** Read models that lag further behind than this, in seconds, are not ready. */
const tolerableLag = 30

/** Whether a store answers. */
const reached = async (name: string, ask: () => Promise<unknown>): Promise<Check> => {
  try {
    await ask()
    return { name, ok: true }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { name, ok: false, detail: error.message }
  }
}

/** Whether no read model is far behind. @throws Unavailable */
const caughtUp = async (projections: Operations['projections']): Promise<Check> => {
  const name = 'projections'
  const lagging = (await projections()).filter(
    ({ generation, lagSeconds }) => generation === 0 || lagSeconds > tolerableLag,
  )
  if (lagging.length === 0) return { name, ok: true }
  return { name, ok: false, detail: `Behind: ${lagging.map((one) => one.name).join(', ')}` }
}

/** Whether the payment provider's ledger agrees with our payments. @throws Unavailable */
const reconciled = async (differences: () => Promise<readonly unknown[]>): Promise<Check> => {
  const name = 'payments'
  const { length } = await differences()
  if (length === 0) return { name, ok: true, optional: true }
  const detail = `${length} of the payment provider’s entries or of our payments differ; the log names them`
  return { name, ok: false, optional: true, detail }
}

/**
 * Looks after everything that Agora needs; who asks at the same time is told the same.
 * @param stores by name, how each is asked whether it is there
 * @param options.contexts how those are that other processes serve
 * @param options.paymentDifferences what differs from the payment provider's ledger; it takes nobody out of service
 * @param options.lagMatters whether this process is of no use while read models are far behind
 */
export const checksOf = (
  stores: Readonly<Record<string, () => Promise<unknown>>>,
  { projections }: Pick<Operations, 'projections'>,
  {
    contexts = () => [],
    lagMatters = true,
    paymentDifferences,
  }: {
    readonly contexts?: () => readonly Check[]
    readonly lagMatters?: boolean
    readonly paymentDifferences?: () => Promise<readonly unknown[]>
  } = {},
): (() => Promise<readonly Check[]>) => {
  const lag = (check: Check): Check => (lagMatters ? check : { ...check, optional: true })

  const lookAtStores = () =>
    Promise.all(Object.entries(stores).map(([name, ask]) => reached(name, ask)))

  const lookAtHome = async (): Promise<readonly Check[]> => {
    const found = await lookAtStores()
    if (found.some(({ ok }) => !ok)) return found
    try {
      const payments = paymentDifferences ? [await reconciled(paymentDifferences)] : []
      return [...found, lag(await caughtUp(projections)), ...payments]
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      // A store went away in this very moment, and is the one to be named.
      const again = await lookAtStores()
      if (again.some(({ ok }) => !ok)) return again
      return [...again, lag({ name: 'projections', ok: false, detail: error.message })]
    }
  }

  let looking: Promise<readonly Check[]> | undefined
  const look = async () => [...(await lookAtHome()), ...contexts()]
  return () => (looking ??= look().finally(() => (looking = undefined)))
}
