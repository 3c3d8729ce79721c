/** Returns the end of an id, by which people tell orders apart: ids of one moment begin alike. */
export const shortId = (id: string): string => id.slice(-8).toUpperCase()
