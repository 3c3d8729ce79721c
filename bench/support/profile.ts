import { Session, type Profiler } from 'node:inspector/promises'

/** How often the profiler looks, in µs. */
const interval = 500

/** Starts a CPU profile of this process. @returns stops it, and gives the profile */
export const startProfile = async (): Promise<() => Promise<Profiler.Profile>> => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval })
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return profile
  }
}

const placeOf = ({ url, lineNumber }: Profiler.ProfileNode['callFrame']): string => {
  const file = url.replace(/^.*\/(node_modules|src|bench)\//, '$1/').replace('node_modules/', '')
  return url ? `${file}:${lineNumber + 1}` : ''
}

/**
 * The functions that took most of the time themselves, as text; what they called is not counted. How long the process
 * idled is told first; the other shares are of the time that it worked.
 * @param most so many functions
 */
export const hottest = (
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  most = 15,
): string[] => {
  const names = new Map(
    nodes.map(({ id, callFrame }) => [
      id,
      `${callFrame.functionName || '(anonymous)'} ${placeOf(callFrame)}`.trimEnd(),
    ]),
  )
  const times = new Map<string, number>()
  let idle = 0
  let total = 0
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '?'
    const time = timeDeltas[index] ?? 0
    total += time
    // The profiler itself is no part of the work.
    if (name === '(idle)' || name.startsWith('post node:inspector')) idle += time
    else times.set(name, (times.get(name) ?? 0) + time)
  }
  const hot = [...times].toSorted(([, a], [, b]) => b - a).slice(0, most)
  const said = (time: number, of: number) => `${((100 * time) / of).toFixed(1).padStart(5)} %`
  return [
    `${said(idle, total)}  idle`,
    ...hot.map(([name, time]) => `${said(time, total - idle)}  ${name}`),
  ]
}
