/** Places for requests to endpoints. */
export type Places = {
  /**
   * Takes a place of an endpoint, and waits for one in a bounded queue.
   * @param stopping ends the wait
   * @returns the function that frees the place; undefined where none came free in time, or too many wait
   */
  readonly take: (endpoint: string, stopping?: AbortSignal) => Promise<(() => void) | undefined>
}

type Endpoint = {
  working: number
  /** Called with a place that came free, in the order of arrival. */
  readonly waiting: Set<() => void>
}

/**
 * Places for requests to endpoints: a few for each, and a queue behind them that is bounded in length and time.
 * @param options.atOnce places of an endpoint
 * @param options.mostWaiting limit of the queue of an endpoint
 * @param options.mostWaitingInAll limit of all queues together
 * @param options.patienceMs longest wait, in ms
 */
export const endpointPlaces = ({
  atOnce,
  mostWaiting,
  mostWaitingInAll,
  patienceMs,
}: {
  readonly atOnce: number
  readonly mostWaiting: number
  readonly mostWaitingInAll: number
  readonly patienceMs: number
}): Places => {
  const endpoints = new Map<string, Endpoint>()
  let waitingInAll = 0

  /** Returns whether a place came free. */
  const wait = ({ waiting }: Endpoint, stopping: AbortSignal | undefined) =>
    new Promise<boolean>((resolve) => {
      const end = (hasPlace: boolean): void => {
        waiting.delete(proceed)
        waitingInAll -= 1
        clearTimeout(timer)
        stopping?.removeEventListener('abort', leave)
        resolve(hasPlace)
      }
      const proceed = () => end(true)
      const leave = () => end(false)
      const timer = setTimeout(leave, patienceMs)
      waiting.add(proceed)
      waitingInAll += 1
      stopping?.addEventListener('abort', leave)
    })

  return {
    take: async (endpoint, stopping) => {
      const known = endpoints.get(endpoint) ?? { working: 0, waiting: new Set() }
      endpoints.set(endpoint, known)
      if (known.working < atOnce) known.working += 1
      else {
        const isFull = known.waiting.size >= mostWaiting || waitingInAll >= mostWaitingInAll
        if (isFull || stopping?.aborted || !(await wait(known, stopping))) return undefined
      }
      return () => {
        const [next] = known.waiting
        // The place passes on, so that `working` does not change.
        if (next) return next()
        known.working -= 1
        if (known.working === 0) endpoints.delete(endpoint)
      }
    },
  }
}
