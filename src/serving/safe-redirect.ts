import { invalid } from './problem.ts'

/**
 * Validates a redirect target: a path of this site.
 * @param returnTo the requested target
 * @throws Problem 400 when the target may lead to another site
 */
export const safeRedirect = (returnTo: string): string => {
  const base = 'http://this-site.invalid'
  // Browsers treat a backslash as a slash, and remove tabs and line breaks.
  const isPath = /^\/(?!\/)[^\\\s\p{Cc}]*$/u.test(returnTo) && URL.canParse(returnTo, base)
  if (isPath && new URL(returnTo, base).origin === base) return returnTo
  throw invalid('returnTo', 'must be a path of this site, such as /orders')
}
