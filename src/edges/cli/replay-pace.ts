/** Maximum pause between two events, in ms of real time. */
const maxPauseMs = 5_000

/**
 * Paces a replay by the recorded times. A delay is made up: an event is due relative to when the previous one was due,
 * not to when that was written.
 * @param speed 1: recorded pace, 10: ten times as fast
 * @param now returns the time in ms
 * @returns for each event in turn, given its time (ISO 8601), the time to wait before it is due, in ms
 */
export const paceOf = (
  speed: number,
  now: () => number = () => performance.now(),
): ((at: string) => number) => {
  let before: number | undefined
  let due = 0
  return (at) => {
    const time = Date.parse(at)
    // The clocks of writers differ: an event may be older than the one before it.
    const gap = before === undefined ? 0 : Math.max(0, time - before) / speed
    due = before === undefined ? now() : due + Math.min(gap, maxPauseMs)
    before = Math.max(before ?? time, time)
    return Math.max(0, due - now())
  }
}
