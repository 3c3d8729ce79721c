/** Time that closing may take, in ms: a broker that hangs, or blocks publishers, does not answer. */
const closeMs = 500

/**
 * Closes a connection that may still be opening, without waiting for a broker that does not answer.
 * @param opening undefined where there is none
 */
export const closeSoon = async <T>(
  opening: Promise<T> | undefined,
  close: (opened: T) => unknown,
): Promise<void> => {
  if (!opening) return
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, closeMs)
  const closed = opening.then(close).then(
    () => undefined,
    () => undefined,
  )
  await Promise.race([closed, late.promise])
  clearTimeout(timer)
}
