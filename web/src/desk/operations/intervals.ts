/** Units of intervals, in ms, the longest first. */
export const units = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1_000 } as const

/** A unit of intervals. */
export type Unit = keyof typeof units

/** Whether a text is a unit of intervals. */
export const isUnit = (text: string): text is Unit => Object.hasOwn(units, text)

/** Returns an interval in the longest unit in which it is a whole number; else in seconds. @param everyMs ms */
export const inUnits = (everyMs: number): { readonly count: number; readonly unit: Unit } => {
  const unit = Object.keys(units)
    .filter(isUnit)
    .find((one) => everyMs % units[one] === 0)
  return { count: everyMs / units[unit ?? 'second'], unit: unit ?? 'second' }
}
