/**
 * Lets callers that wait at the same time share one round trip: what is asked while a batch is under way goes into the
 * next one. Each caller gets its own answer; when a whole batch fails, each gets its error.
 * @param run answers a batch, in order
 * @param options.most so many items a batch at the most, default 256
 * @param options.lanes so many batches at once, default 1
 */
export const coalesce = <Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
  { most = 256, lanes = 1 }: { readonly most?: number; readonly lanes?: number } = {},
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
      // Whoever asks in the same turn of the event loop goes along.
      queueMicrotask(() => void flush())
    })
}
