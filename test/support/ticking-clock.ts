/** Returns a clock whose moments differ by 1 ms at least, so that what is sorted by its moment has a certain order. */
export const tickingClock = (): (() => Date) => {
  let moment = Date.now()
  return () => new Date((moment += 1))
}
