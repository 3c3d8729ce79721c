/** Result of a closed loop. */
export type Done = {
  /** Calls per second. */
  readonly rate: number
  /** Latency of each call, in ms. */
  readonly latencies: readonly number[]
}

/** Runs callers that each call again after every answer (a closed loop). @param seconds duration */
export const callers = async (
  count: number,
  seconds: number,
  call: () => Promise<unknown>,
): Promise<Done> => {
  const latencies: number[] = []
  const since = performance.now()
  const until = since + seconds * 1_000
  const caller = async () => {
    for (;;) {
      const startedAt = performance.now()
      if (startedAt >= until) return
      await call()
      latencies.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: count }, caller))
  return { rate: latencies.length / ((performance.now() - since) / 1_000), latencies }
}

/**
 * Makes calls at a fixed rate, whether earlier ones have been answered or not (an open loop), so that latencies include
 * queueing.
 * @param rate calls per second
 * @returns the result of each call, in order, once all are answered
 */
export const openLoop = async <T>(
  rate: number,
  seconds: number,
  call: (index: number) => Promise<T>,
): Promise<T[]> => {
  const since = performance.now()
  const answers: Promise<T>[] = []
  const total = Math.round(rate * seconds)
  while (answers.length < total) {
    const wait = since + (answers.length / rate) * 1_000 - performance.now()
    // Sleeps until the next call is due, as polling every millisecond would take CPU time from the measured work.
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    else answers.push(call(answers.length))
  }
  return Promise.all(answers)
}

/** Processes items in parallel, up to `width` at a time. */
export const inParallel = async <T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index]!, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
  return results
}
