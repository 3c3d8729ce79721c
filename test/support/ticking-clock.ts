/** Returns a clock at the time of this machine whose moments differ by 1 ms at least, so that what is sorted by its moment has a certain order. */
export const tickingClock = (): (() => Date) => {
  let moment = 0
  return () => new Date((moment = Math.max(Date.now(), moment + 1)))
}
