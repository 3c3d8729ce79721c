import type { NewerVersion } from '../platform/newer-version.ts'

/** How long an unreadable event is reported, in ms. */
const listedFor = 10 * 60_000

/** The number of types reported. */
const most = 20

/** Events that this process has read recently and its version cannot fold. */
export type UnreadableEvents = {
  readonly met: (found: NewerVersion) => void
  /** A sentence for each type, with one of the streams that hold it; the latest last. */
  readonly lately: () => readonly string[]
}

/** Remembers events that could not be folded, for health checks. @param now ms of a monotonic clock */
export const unreadableEvents = (now: () => number = () => performance.now()): UnreadableEvents => {
  const byType = new Map<string, { readonly text: string; readonly at: number }>()
  return {
    met: ({ type, stream, message }) => {
      byType.delete(type)
      byType.set(type, { text: `${message} (in ${stream})`, at: now() })
      if (byType.size > most) byType.delete(byType.keys().next().value!)
    },
    lately: () => {
      for (const [type, { at }] of byType) if (now() - at > listedFor) byType.delete(type)
      return [...byType.values()].map(({ text }) => text)
    },
  }
}
