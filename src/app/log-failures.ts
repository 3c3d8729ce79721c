import { Unavailable } from '../platform/unavailable.ts'

/** An outage is logged this often, in ms. */
const repeatedEvery = 60_000

/** What failed: a part of the background work, one of its kind, and a key within that. */
type Source = { readonly part: string; readonly name: string; readonly key: string | undefined }

/** A failure as it is logged: fields called `name` are hidden in the log store, as they may be people's. */
export type LoggedFailure = Pick<Source, 'part' | 'key'> & {
  readonly source: string
  readonly err: unknown
  /** How often it has failed since the last line about it, when it was not logged each time. */
  readonly repeated?: number
}

/**
 * Limits the log lines about background work that is retried: while a component is unavailable, one line a minute for
 * each source and message; every other failure is logged.
 * @param log writes a line
 * @param now clock in ms, for tests
 */
export const failureLog = (
  log: (failure: LoggedFailure) => void,
  now: () => number = () => performance.now(),
): ((error: unknown, source: Source) => void) => {
  const outages = new Map<string, { readonly loggedAt: number; repeated: number }>()
  return (err, { part, name, key }) => {
    const line = { err, part, source: name, key }
    if (!(err instanceof Unavailable)) return log(line)
    const id = JSON.stringify([part, name, err.message])
    const known = outages.get(id)
    const at = now()
    if (known && at - known.loggedAt < repeatedEvery) {
      known.repeated += 1
      return
    }
    for (const [one, { loggedAt }] of outages)
      if (at - loggedAt >= 2 * repeatedEvery) outages.delete(one)
    outages.set(id, { loggedAt: at, repeated: 0 })
    log({ ...line, ...(known && known.repeated > 0 && { repeated: known.repeated }) })
  }
}
