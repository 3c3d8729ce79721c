/** Returns the time some ms after another one, ISO 8601 in UTC. @param at ISO 8601 @param wait in ms */
export const timeAfter = (at: string, wait: number): string =>
  new Date(Date.parse(at) + wait).toISOString()
