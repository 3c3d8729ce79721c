/** Whether a stream of ours may have this name: a category, a dash, and whom it is about. */
export const isStreamName = (name: string): boolean =>
  name.length <= 500 && /^[A-Za-z0-9_]+-[^\0]+$/.test(name) && name.isWellFormed()
