import type { Check } from '../serving/ports.ts'
import type { Operations } from '../runtime/operations.ts'
import { Unavailable } from '../platform/unavailable.ts'

/** Read models that lag further behind than this, in seconds, are not ready. */
const tolerableLag = 30

/** What is asked for its health has not answered in time: it hangs, or is out of reach. */
class NoAnswer extends Unavailable {
  override name = 'NoAnswer'
}

/** A question that has not been answered for so long is given up for lost, and asked again; ms. */
const lost = 10_000

/**
 * A question with a time limit, for every kind of check. One that is not answered yet is not asked once more: probes of
 * something that hangs would use up the connections to it.
 * @param limit ms
 * @returns throws NoAnswer when there is no answer in time
 */
const limited = <T>(ask: () => Promise<T>, limit: number): (() => Promise<T>) => {
  let pending: { readonly answer: Promise<T>; readonly since: number } | undefined
  const begin = () => {
    const begun = { answer: ask(), since: performance.now() }
    const done = () => {
      if (pending === begun) pending = undefined
    }
    begun.answer.finally(done).catch(() => undefined)
    return begun
  }
  return async () => {
    if (!pending || performance.now() - pending.since > lost) pending = begin()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => late.reject(new NoAnswer(`It has not answered within ${limit} ms`)),
      limit,
    )
    try {
      return await Promise.race([pending.answer, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Tells of events that this version cannot fold; others are served all the same. */
export const eventsCheck = (unreadable: readonly string[]): readonly Check[] =>
  unreadable.length === 0
    ? []
    : [{ name: 'events', ok: false, optional: true, detail: unreadable.join(' ') }]

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

/**
 * Whether no read model is far behind. One in a store beside PostgreSQL takes no process out of service: commands and
 * all other queries go on without it.
 * @throws Unavailable
 */
const caughtUp = async (projections: Operations['projections']): Promise<Check> => {
  const name = 'projections'
  const lagging = (await projections()).filter(
    ({ generation, lagSeconds }) => generation === 0 || lagSeconds > tolerableLag,
  )
  if (lagging.length === 0) return { name, ok: true }
  const detail = `Behind: ${lagging.map((one) => one.name).join(', ')}`
  const isOptional = lagging.every(({ store }) => store !== 'postgres')
  return { name, ok: false, detail, ...(isOptional && { optional: true }) }
}

/** Whether the payment provider's ledger agrees with our payments; it takes no process out of service. */
const reconciled = async (differences: () => Promise<readonly unknown[]>): Promise<Check> => {
  const of = { name: 'payments', optional: true }
  try {
    const { length } = await differences()
    if (length === 0) return { ...of, ok: true }
    const detail = `${length} of the payment provider’s entries or of our payments differ; the log names them`
    return { ...of, ok: false, detail }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { ...of, ok: false, detail: error.message }
  }
}

/**
 * Looks after everything that Agora needs; who asks at the same time is told the same. What does not answer in time is
 * not well, and is named.
 * @param stores by name, how each is asked whether it is there
 * @param options.beside stores of single read models, by name: one that does not answer takes no process out of service
 * @param options.others further checks that cost nothing: of what other processes serve, of what this one has met
 * @param options.paymentDifferences what differs from the payment provider's ledger; it takes nobody out of service
 * @param options.lagMatters whether this process is of no use while read models are far behind
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

  const asksBeside = Object.entries(beside).map(
    ([name, ask]) => [name, limited(ask, limit)] as const,
  )
  const lookBeside = () =>
    Promise.all(
      asksBeside.map(async ([name, ask]) => ({ ...(await reached(name, ask)), optional: true })),
    )
  const asks = Object.entries(stores).map(([name, ask]) => [name, limited(ask, limit)] as const)
  const askProjections = limited(projections, limit)
  const askPayments = paymentDifferences && limited(paymentDifferences, limit)
  const lookAtStores = () => Promise.all(asks.map(([name, ask]) => reached(name, ask)))

  const lookAtHome = async (): Promise<readonly Check[]> => {
    // Side by side: a probe waits for the slowest of them, and not for their sum.
    const [found, projected, payments] = await Promise.all([
      lookAtStores(),
      caughtUp(askProjections).catch((error: unknown) => {
        if (error instanceof Unavailable) return error
        throw error
      }),
      Promise.all(askPayments ? [reconciled(askPayments)] : []),
    ])
    if (found.some(({ ok }) => !ok)) return found
    if (!(projected instanceof Unavailable)) return [...found, lag(projected), ...payments]
    // A store went away in this very moment, and is the one to be named.
    const again = await lookAtStores()
    if (again.some(({ ok }) => !ok)) return again
    const lost = lag({ name: 'projections', ok: false, detail: projected.message })
    return [...again, lost, ...payments]
  }

  let looking: Promise<readonly Check[]> | undefined
  const look = async () => {
    const [home, aside] = await Promise.all([lookAtHome(), lookBeside()])
    return [...home, ...aside, ...others()]
  }
  return () => (looking ??= look().finally(() => (looking = undefined)))
}
