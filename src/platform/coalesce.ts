/**
 * Combines concurrent calls into batches: a call that is made while a batch runs goes into the next one. Each caller gets its
 * own answer; when a batch fails, each of its callers gets the error.
 * @param run answers a batch, in order
 * @param options.most limit of items in a batch, default 256
 * @param options.lanes limit of concurrent batches, default 1
 * @param options.begin calls back when the first batch after an idle time is to begin; default: in a microtask, with the calls
 *   of the same turn of the event loop
 */
export const coalesce = <Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
  {
    most = 256,
    lanes = 1,
    begin = queueMicrotask,
  }: {
    readonly most?: number
    readonly lanes?: number
    readonly begin?: (flush: () => void) => unknown
  } = {},
): ((item: Item) => Promise<Answer>) => {
  type Waiting = { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  const waiting: Waiting[] = []
  let busy = 0

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most)
      try {
        const answers = await run(batch.map(({ item }) => item))
        batch.forEach(({ resolve }, index) => resolve(answers[index]!))
      } catch (error) {
        batch.forEach(({ reject }) => reject(error))
      }
    }
    busy -= 1
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (busy === lanes) return
      busy += 1
      begin(() => void flush())
    })
}
