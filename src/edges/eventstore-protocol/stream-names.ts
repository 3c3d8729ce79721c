/** Whether a name is a valid stream name: a category, a dash and an id. */
export const isStreamName = (name: string): boolean =>
  name.length <= 500 && /^[A-Za-z0-9_]+-[^\0]+$/.test(name) && name.isWellFormed()
