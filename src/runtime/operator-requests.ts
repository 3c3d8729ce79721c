import type { Control } from '../platform/messaging/control/port.ts'

/** Requests of operators are announced; even without an announcement they are looked for after so many ms. */
const lookEvery = 60_000

/** The requests of operators to one follower, such as the retry of a dead letter. */
export type OperatorRequests = {
  /** Whether there may be a request that was not answered yet. */
  readonly isPending: () => boolean
  /** Called before the requests are answered: from then on, announcements cut waits short again. */
  readonly answering: () => void
  /** Aborted by a request, and with the follower: for pauses that a request cuts short. */
  readonly signal: () => AbortSignal
  /** Waits for events. @returns undefined when a request has cut the wait short */
  readonly unlessPending: <T>(next: (signal: AbortSignal) => Promise<T>) => Promise<T | undefined>
  /** Ends listening. */
  readonly close: () => Promise<void>
}

/**
 * Listens for requests of operators to a follower, and cuts its waits for events short when there may be one.
 * @param signal ends the follower
 * @param options.isPending whether to begin by answering, default true
 * @param options.concerns whether an announcement may be for this follower; always, by default
 */
export const operatorRequests = (
  control: Pick<Control, 'news'>,
  signal: AbortSignal,
  {
    isPending = true,
    concerns = () => true,
  }: { readonly isPending?: boolean; readonly concerns?: () => boolean | Promise<boolean> } = {},
): OperatorRequests => {
  const closed = new AbortController()
  let pending = isPending
  let interrupt = new AbortController()
  let waiting = AbortSignal.any([signal, interrupt.signal])
  /** What cannot be looked up may concern the follower. */
  const mayConcern = async (): Promise<boolean> => {
    try {
      return await concerns()
    } catch {
      return true
    }
  }
  const listening = (async () => {
    let wait = control.news.listen()
    while (!closed.signal.aborted) {
      await wait(lookEvery, closed.signal)
      // Before it is known whether this one concerns the follower: the next may come meanwhile.
      wait = control.news.listen()
      // Never back to false here: a wait that was cut short is made good by answering only.
      if (!pending && !closed.signal.aborted) pending = await mayConcern()
      if (pending) interrupt.abort()
    }
  })()

  return {
    isPending: () => pending,
    answering: () => {
      pending = false
      interrupt = new AbortController()
      waiting = AbortSignal.any([signal, interrupt.signal])
    },
    signal: () => waiting,
    unlessPending: (next) =>
      next(waiting).catch((error: unknown) => {
        if (interrupt.signal.aborted && !signal.aborted) return undefined
        throw error
      }),
    close: async () => {
      closed.abort()
      await listening
    },
  }
}
