/**
 * Creates a value at its first use, so that a start does not wait for it.
 * @param make called once; if it throws, called again at the next use
 */
export const firstUse = <T extends object>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => (made ??= make())
}
