/**
 * Makes something when it is first asked for, so that a start does not wait for it.
 * @param make called once; when it throws, again at the next use
 */
export const firstUse = <T extends object>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => (made ??= make())
}
