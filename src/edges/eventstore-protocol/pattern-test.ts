import { createContext, runInContext } from 'node:vm'
import { badArgument } from './call-refused.ts'

/** Maximum length of a pattern, in characters. */
const maxLength = 2_000

/** Maximum time of a pattern for a page of names, in ms. Ordinary patterns take less than one. */
const defaultTimeoutMs = 100

/** Attempts at a page of names on a machine so busy that the process itself hardly runs. */
const maxAttempts = 20

/** CPU time of this process, in ms. */
const cpuTime = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Maximum number of cached names. */
const maxCached = 20_000

const tooLong = () =>
  badArgument('filter.regex: takes too long; avoid repetitions within repetitions')

/** Message of an error. Errors of another VM context are not an `Error` of this one. */
const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : 'is not a regular expression'

const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

/** Splits a pattern of .NET into options and source. JavaScript has the same flags i, m and s. */
const splitFlags = (pattern: string): { readonly source: string; readonly flags: string } => {
  const found = /^\(\?([ims]+)\)/.exec(pattern)
  return found
    ? { source: pattern.slice(found[0].length), flags: [...new Set(found[1])].join('') }
    : { source: pattern, flags: '' }
}

/**
 * Tests names against an untrusted pattern, which can neither block the process nor exhaust its CPU: pages of names are
 * tested in a VM context with a timeout, each name once.
 * @param pattern a regular expression, in the syntax that .NET and JavaScript share
 * @param options.timeoutMs maximum time for a page of names in ms, default 100; an attempt that ran for less than half of
 *   it, as other processes had the CPU, is repeated
 * @param options.cpuTimeMs CPU time of this process in ms, for tests
 * @returns for each name whether it matches; throws CallRefused after the timeout
 * @throws CallRefused when the pattern is invalid
 */
export const patternTest = (
  pattern: string,
  {
    timeoutMs = defaultTimeoutMs,
    cpuTimeMs = cpuTime,
  }: { readonly timeoutMs?: number; readonly cpuTimeMs?: () => number } = {},
): ((names: readonly string[]) => readonly boolean[]) => {
  if (pattern.length > maxLength)
    throw badArgument(`filter.regex: has more than ${maxLength} characters`)
  const { source, flags } = splitFlags(pattern)
  const sandbox: { source: string; flags: string; names: string; passed: string } = {
    source,
    flags,
    names: '[]',
    passed: '',
  }
  createContext(sandbox)
  const runWithin = (code: string): void => {
    for (let attempt = 1; ; attempt++) {
      const before = cpuTimeMs()
      try {
        runInContext(code, sandbox, { timeout: timeoutMs })
        return
      } catch (error) {
        const ran = cpuTimeMs() - before
        if (!isTimeout(error) || ran >= timeoutMs / 2 || attempt === maxAttempts) throw error
      }
    }
  }
  try {
    runWithin('pattern = new RegExp(source, flags)')
  } catch (error) {
    if (isTimeout(error)) throw tooLong()
    throw badArgument(`filter.regex: ${messageOf(error)}`)
  }

  const cached = new Map<string, boolean>()
  const evaluate = (names: readonly string[]): void => {
    sandbox.names = JSON.stringify(names)
    try {
      runWithin(
        "passed = JSON.parse(names).map((name) => (pattern.test(name) ? '1' : '0')).join('')",
      )
    } catch {
      throw tooLong()
    }
    names.forEach((name, index) => cached.set(name, sandbox.passed[index] === '1'))
  }

  return (names) => {
    const unknown = [...new Set(names.filter((name) => !cached.has(name)))]
    if (unknown.length > 0) {
      if (cached.size + unknown.length > maxCached) {
        cached.clear()
        evaluate([...new Set(names)])
      } else evaluate(unknown)
    }
    return names.map((name) => cached.get(name) === true)
  }
}
