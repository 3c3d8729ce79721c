import { invalid } from './problem.ts'

/** A value of a message as text of a URL: all of them are texts, numbers or booleans. */
export const urlTextOf = (value: unknown): string =>
  typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value)

/** Whether a segment of a path stands for its parent or itself (RFC 3986, 3.3). */
const isDot = (segment: string): boolean => segment === '.' || segment === '..'

/**
 * Returns a path parameter, encoded as one segment.
 * @param name of the parameter, for the problem
 * @throws Problem 400 when it is missing, or would name another path
 */
export const pathSegmentOf = (name: string, value: unknown): string => {
  if (value === undefined || value === '') throw invalid(name, 'is required')
  if (typeof value === 'string' && isDot(value)) throw invalid(name, 'must be an id')
  return encodeURIComponent(urlTextOf(value))
}

/** Whether each segment of an encoded path is a name: none is malformed, or a dot segment, encoded or not. */
export const hasPlainSegments = (path: string): boolean =>
  path.split('/').every((segment) => {
    try {
      return !isDot(decodeURIComponent(segment))
    } catch {
      return false
    }
  })
