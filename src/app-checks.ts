import type { Check } from './http/dependencies.ts'
import type { Operations } from './platform/runtime/operations.ts'
import { Unavailable } from './platform/unavailable.ts'

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

/**
 * Looks after everything that Agora needs.
 * @param stores by name, how each is asked whether it is there
 */
export const checksOf =
  (
    stores: Readonly<Record<string, () => Promise<unknown>>>,
    { projections }: Pick<Operations, 'projections'>,
  ) =>
  async (): Promise<readonly Check[]> => {
    const look = () => Promise.all(Object.entries(stores).map(([name, ask]) => reached(name, ask)))
    const found = await look()
    if (found.some(({ ok }) => !ok)) return found
    try {
      return [...found, await caughtUp(projections)]
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      // A store went away in this very moment, and is the one to be named.
      const again = await look()
      if (again.some(({ ok }) => !ok)) return again
      return [...again, { name: 'projections', ok: false, detail: error.message }]
    }
  }
