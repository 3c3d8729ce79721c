import type { Operation } from './port.ts'

/** Most operations that are remembered; further ones are made each time. */
const most = 5_000

/**
 * Remembers operations by two names, such as the method and the route of a request, so that each is encoded once.
 * @param make makes one; called at its first use
 */
export const operations = (
  make: (first: string, second: string) => Operation,
): ((first: string, second: string) => Operation) => {
  const known = new Map<string, Map<string, Operation>>()
  let count = 0
  return (first, second) => {
    const operation = known.get(first)?.get(second)
    if (operation) return operation
    const made = make(first, second)
    if (count < most) {
      count += 1
      known.set(first, (known.get(first) ?? new Map<string, Operation>()).set(second, made))
    }
    return made
  }
}
