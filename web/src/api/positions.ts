/**
 * The position of this browser's last command, for read-your-writes: queries ask for answers that include it, until
 * every read model has certainly passed it.
 */
const key = 'agora.position'

/** Time after a command during which queries ask for its position, in ms. */
const within = 60_000

type Written = { readonly position: string; readonly at: number }

let last: Written | undefined

const stored = (): Written | undefined => {
  const text = sessionStorage.getItem(key)
  if (text === null) return undefined
  const written: Written = JSON.parse(text)
  return written
}

/** Records the position of a command's events, or of a pushed message; an older one than the last has no effect. */
export const noteWritten = (position: string): void => {
  last ??= stored()
  if (last && BigInt(last.position) > BigInt(position)) return
  last = { position, at: Date.now() }
  // Outlives a reload of the page.
  sessionStorage.setItem(key, JSON.stringify(last))
}

/** Returns the position that an answer must include now, if any. */
export const mustInclude = (): string | undefined => {
  last ??= stored()
  return last && Date.now() - last.at < within ? last.position : undefined
}
