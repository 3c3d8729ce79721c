import type { Check } from '../serving/ports.ts'
import type { Operations } from '../runtime/operations.ts'
import { Unavailable } from '../platform/unavailable.ts'

/** Maximum lag of a read model that is ready, in seconds. */
const maxLagSeconds = 30

/** A health check has exceeded its limit: the component hangs or cannot be reached. */
class NoAnswer extends Unavailable {
  override name = 'NoAnswer'
}

/** Time after which a pending check is abandoned and repeated, in ms. */
const abandonedAfterMs = 10_000

/**
 * Wraps a check with a time limit. While a call is pending, no further one is made: probes of a component that hangs would
 * exhaust the connections to it.
 * @param limit ms
 * @returns the check; it throws NoAnswer after the limit
 */
export const limited = <T>(ping: () => Promise<T>, limit: number): (() => Promise<T>) => {
  let pending: { readonly answer: Promise<T>; readonly since: number } | undefined
  const begin = () => {
    const begun = { answer: ping(), since: performance.now() }
    const done = () => {
      if (pending === begun) pending = undefined
    }
    begun.answer.finally(done).catch(() => undefined)
    return begun
  }
  return async () => {
    if (!pending || performance.now() - pending.since > abandonedAfterMs) pending = begin()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new NoAnswer(`No answer within ${limit} ms`)), limit)
    try {
      return await Promise.race([pending.answer, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Reports events that this version cannot fold; requests about other streams are served. */
export const eventsCheck = (unreadable: readonly string[]): readonly Check[] =>
  unreadable.length === 0
    ? []
    : [{ name: 'events', ok: false, optional: true, detail: unreadable.join(' ') }]

/** Checks whether a store answers. */
const reached = async (name: string, ping: () => Promise<unknown>): Promise<Check> => {
  try {
    await ping()
    return { name, ok: true }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { name, ok: false, detail: error.message }
  }
}

/**
 * Checks the lag of the read models. Lagging ones in another store than PostgreSQL are optional for readiness: commands and
 * all other queries work without them.
 * @throws Unavailable
 */
const caughtUp = async (projections: Operations['projections']): Promise<Check> => {
  const name = 'projections'
  const lagging = (await projections()).filter(
    ({ generation, lagSeconds }) => generation === 0 || lagSeconds > maxLagSeconds,
  )
  if (lagging.length === 0) return { name, ok: true }
  const detail = `Behind: ${lagging.map((one) => one.name).join(', ')}`
  const isOptional = lagging.every(({ store }) => store !== 'postgres')
  return { name, ok: false, detail, ...(isOptional && { optional: true }) }
}

/** Checks the payment provider's ledger for differences from our payments; optional for readiness. */
const reconciled = async (differences: () => Promise<readonly unknown[]>): Promise<Check> => {
  const of = { name: 'payments', optional: true }
  try {
    const { length } = await differences()
    if (length === 0) return { ...of, ok: true }
    const detail = `${length} entries of the payment provider’s ledger or of our payments differ; the log names them`
    return { ...of, ok: false, detail }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { ...of, ok: false, detail: error.message }
  }
}

/**
 * Creates the health check of all dependencies; concurrent calls share one run. A component that does not answer within
 * the limit is reported by name.
 * @param stores pings of the stores, by name
 * @param options.beside pings of the stores of single read models, by name; optional for readiness
 * @param options.others further checks without I/O: contexts of other processes, events that cannot be folded
 * @param options.paymentDifferences reads the differences from the payment provider's ledger; optional for readiness
 * @param options.lagMatters whether lagging read models make this process not ready
 * @param options.limit how long each check may take, in ms; default 2,000
 */
export const checksOf = (
  stores: Readonly<Record<string, () => Promise<unknown>>>,
  { projections }: Pick<Operations, 'projections'>,
  {
    others = () => [],
    beside = {},
    lagMatters = true,
    limit = 2_000,
    paymentDifferences,
  }: {
    readonly others?: () => readonly Check[]
    readonly beside?: Readonly<Record<string, () => Promise<unknown>>>
    readonly lagMatters?: boolean
    readonly limit?: number
    readonly paymentDifferences?: () => Promise<readonly unknown[]>
  } = {},
): (() => Promise<readonly Check[]>) => {
  const lag = (check: Check): Check => (lagMatters ? check : { ...check, optional: true })

  const besidePings = Object.entries(beside).map(
    ([name, ping]) => [name, limited(ping, limit)] as const,
  )
  const checkBeside = () =>
    Promise.all(
      besidePings.map(async ([name, ping]) => ({
        ...(await reached(name, ping)),
        optional: true,
      })),
    )
  const pings = Object.entries(stores).map(([name, ping]) => [name, limited(ping, limit)] as const)
  const checkProjections = limited(projections, limit)
  const checkPayments = paymentDifferences && limited(paymentDifferences, limit)
  const checkStores = () => Promise.all(pings.map(([name, ping]) => reached(name, ping)))

  const checkAll = async (): Promise<readonly Check[]> => {
    // Concurrently: a probe waits for the slowest check, not for their sum.
    const [found, projected, payments] = await Promise.all([
      checkStores(),
      caughtUp(checkProjections).catch((error: unknown) => {
        if (error instanceof Unavailable) return error
        throw error
      }),
      Promise.all(checkPayments ? [reconciled(checkPayments)] : []),
    ])
    if (found.some(({ ok }) => !ok)) return found
    if (!(projected instanceof Unavailable)) return [...found, lag(projected), ...payments]
    // The read models cannot be read: a store that became unavailable meanwhile is reported instead of them.
    const again = await checkStores()
    if (again.some(({ ok }) => !ok)) return again
    const unknown = lag({ name: 'projections', ok: false, detail: projected.message })
    return [...again, unknown, ...payments]
  }

  let running: Promise<readonly Check[]> | undefined
  const run = async () => {
    const [home, aside] = await Promise.all([checkAll(), checkBeside()])
    return [...home, ...aside, ...others()]
  }
  return () => (running ??= run().finally(() => (running = undefined)))
}
