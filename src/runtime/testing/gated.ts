import type { EventLog } from '../../platform/storage/event-log/port.ts'

/**
 * A log whose subscriptions deliver nothing before the gate is opened: a process whose feed is behind others.
 * @returns the log, and `open`, which opens the gate for good
 */
export const gated = (log: EventLog): { readonly log: EventLog; readonly open: () => void } => {
  const gate = Promise.withResolvers<void>()
  const subscribe: EventLog['subscribe'] = async function* (after, options) {
    options?.signal?.addEventListener('abort', () => gate.resolve())
    for await (const slice of log.subscribe(after, options)) {
      await gate.promise
      yield slice
    }
  }
  return { log: { ...log, subscribe }, open: () => gate.resolve() }
}
