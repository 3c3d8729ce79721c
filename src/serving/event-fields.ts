import type { RecordedEvent } from '#kernel'

/** Returns a text field of an event's data; empty where there is none. */
export const textIn = ({ data }: Pick<RecordedEvent, 'data'>, field: string): string => {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(data ?? {})
  const value = entries.find(([name]) => name === field)?.[1]
  return typeof value === 'string' ? value : ''
}
