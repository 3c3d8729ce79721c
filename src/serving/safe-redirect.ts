import { invalid } from './problem.ts'

/**
 * A path of this site, where a browser may be sent.
 * @param returnTo what a request says
 * @throws Problem 400 when it may lead to another site
 */
export const safeRedirect = (returnTo: string): string => {
  const base = 'http://this-site.invalid'
  // Browsers read a backslash as a slash, and leave out tabs and line breaks.
  const isPath = /^\/(?!\/)[^\\\s\p{Cc}]*$/u.test(returnTo) && URL.canParse(returnTo, base)
  if (isPath && new URL(returnTo, base).origin === base) return returnTo
  throw invalid('returnTo', 'must be a path of this site, such as /orders')
}
