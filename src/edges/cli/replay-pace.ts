/** The longest silence of the log that is kept to, in ms of the listener's time. */
const longestWait = 5_000

/**
 * Times a replay as it happened, so many times as quick. Who is late makes up for it: what is due is reckoned from
 * when the event before was due, not from when it was written.
 * @param speed 1 as it happened, 10 ten times as quick
 * @param now gives the time in ms
 * @returns for each event in turn, by when it was recorded (ISO 8601): how long to wait before it is due, in ms
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
    due = before === undefined ? now() : due + Math.min(gap, longestWait)
    before = Math.max(before ?? time, time)
    return Math.max(0, due - now())
  }
}
