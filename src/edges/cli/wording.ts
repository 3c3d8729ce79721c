/** Formats a number with separators: `1,234,567`. */
export const formatCount = (count: number | bigint): string => count.toLocaleString('en')

/** Formats a count with its noun: `1 event`, `2,000 events`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

/** Formats a duration: `85 ms`, `1.3 s`, `12 s`, `3 min 5 s`, `2 h 5 min`. @param seconds not negative */
export const formatDuration = (seconds: number): string => {
  if (seconds < 0.9995) return `${Math.round(seconds * 1_000)} ms`
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return joined(`${minutes} min`, whole % 60, 's')
  return joined(`${formatCount(Math.floor(minutes / 60))} h`, minutes % 60, 'min')
}

const joined = (big: string, rest: number, unit: string): string =>
  rest === 0 ? big : `${big} ${rest} ${unit}`

/** Returns the first line of a text, truncated to `length` characters. */
export const truncated = (text: string, length: number): string => {
  const [line = ''] = text.split('\n', 1)
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}
