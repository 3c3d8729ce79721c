import { createContext, runInContext } from 'node:vm'
import { badArgument } from './call-refused.ts'

/** The longest pattern that is taken, in characters. */
const longest = 2_000

/** How long a pattern may take for a page of names, in ms. Sane ones take less than one. */
const usualTimeout = 100

/** So many names are remembered at the most. */
const mostRemembered = 20_000

const tooLong = () =>
  badArgument('filter.regex: takes too long; avoid repetitions within repetitions')

/** What an error says. One of another context is no `Error` of this one. */
const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : 'is not a pattern'

const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

/** A pattern of .NET may begin with its options. JavaScript knows the same letters i, m and s. */
const parted = (pattern: string): { readonly source: string; readonly flags: string } => {
  const found = /^\(\?([ims]+)\)/.exec(pattern)
  return found
    ? { source: pattern.slice(found[0].length), flags: [...new Set(found[1])].join('') }
    : { source: pattern, flags: '' }
}

/**
 * Tests names against a pattern that a stranger wrote, which can neither hang the process nor tire it: pages of names
 * are tested in a context of their own that is cut off in time, each name once.
 * @param pattern a regular expression, in the language that .NET and JavaScript share
 * @param options.timeoutMs how long it may take for a page of names, default 100 ms
 * @returns for each name whether it matches; throws CallRefused when that takes too long
 * @throws CallRefused when it is not a pattern
 */
export const patternTest = (
  pattern: string,
  { timeoutMs = usualTimeout }: { readonly timeoutMs?: number } = {},
): ((names: readonly string[]) => readonly boolean[]) => {
  if (pattern.length > longest)
    throw badArgument(`filter.regex: has more than ${longest} characters`)
  const { source, flags } = parted(pattern)
  const world: { source: string; flags: string; names: string; passed: string } = {
    source,
    flags,
    names: '[]',
    passed: '',
  }
  createContext(world)
  try {
    runInContext('const pattern = new RegExp(source, flags)', world, { timeout: timeoutMs })
  } catch (error) {
    if (isTimeout(error)) throw tooLong()
    throw badArgument(`filter.regex: ${messageOf(error)}`)
  }

  const known = new Map<string, boolean>()
  const learn = (names: readonly string[]): void => {
    world.names = JSON.stringify(names)
    try {
      runInContext(
        "passed = JSON.parse(names).map((name) => (pattern.test(name) ? '1' : '0')).join('')",
        world,
        { timeout: timeoutMs },
      )
    } catch {
      throw tooLong()
    }
    names.forEach((name, index) => known.set(name, world.passed[index] === '1'))
  }

  return (names) => {
    const unknown = [...new Set(names.filter((name) => !known.has(name)))]
    if (unknown.length > 0) {
      if (known.size + unknown.length > mostRemembered) {
        known.clear()
        learn([...new Set(names)])
      } else learn(unknown)
    }
    return names.map((name) => known.get(name) === true)
  }
}
