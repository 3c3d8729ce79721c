/** What callers got done. */
export type Done = {
  /** Calls a second. */
  readonly rate: number
  /** How long each took, in ms. */
  readonly latencies: readonly number[]
}

/** Callers that each call again as soon as they are answered (a closed loop). @param seconds for so long */
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
      const asked = performance.now()
      if (asked >= until) return
      await call()
      latencies.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: count }, caller))
  return { rate: latencies.length / ((performance.now() - since) / 1_000), latencies }
}

/**
 * Calls that come at their time, whether those before were answered or not (an open loop): the wait of a call that is
 * held up counts, as it does for those who wait.
 * @param rate calls a second
 * @returns what each call gave, in order, when all are answered
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
    // Sleeps until the next one is due: who looks every millisecond takes time from what is measured.
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    else answers.push(call(answers.length))
  }
  return Promise.all(answers)
}

/** Works through items, so many at once. */
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
