/** Returns the time some ms after another one, ISO 8601 in UTC. @param at ISO 8601 @param wait in ms */
export const timeAfter = (at: string, wait: number): string =>
  new Date(Date.parse(at) + wait).toISOString()

/** Returns a time as text, ISO 8601 in UTC. @param time in ms since 1970 */
export const timeAt = (time: number): string => new Date(time).toISOString()
