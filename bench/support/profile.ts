import { Session, type Profiler } from 'node:inspector/promises'

/** Sampling interval of the profiler, in µs. */
const interval = 500

/** Starts a CPU profile of this process. @returns stops the profile and returns it */
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

type Node = Profiler.ProfileNode

const fileOf = ({ callFrame: { url } }: Node): string =>
  url.replace(/^.*\/(?=(node_modules|src|bench)\/)/, '').replace(/^node_modules\//, '')

const functionOf = (node: Node): string => {
  const { functionName, url, lineNumber } = node.callFrame
  const place = url ? ` ${fileOf(node)}:${lineNumber + 1}` : ''
  return `${functionName || '(anonymous)'}${place}`
}

const packageOf = (node: Node): string => {
  const { url } = node.callFrame
  if (/\/(src|bench)\//.test(url) && !url.includes('/node_modules/')) return fileOf(node)
  return url.includes('/node_modules/') ? (/^(@[^/]+\/)?[^/]+/.exec(fileOf(node))?.[0] ?? '') : ''
}

const isIdle = ({ callFrame: { functionName, url } }: Node): boolean =>
  // The profiler itself is not counted.
  functionName === '(idle)' || (functionName === 'post' && url === 'node:inspector')

/** Self time of each node, in µs. */
const timesOf = ({ samples = [], timeDeltas = [] }: Profiler.Profile): Map<number, number> => {
  const times = new Map<number, number>()
  for (const [index, id] of samples.entries())
    times.set(id, (times.get(id) ?? 0) + (timeDeltas[index] ?? 0))
  return times
}

/** Owner of each node: Agora's outermost file on its stack, or else the package. */
const ownersOf = ({ nodes }: Profiler.Profile): Map<number, string> => {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const owners = new Map<number, string>()
  const visit = (node: Node, above: string): void => {
    const own = packageOf(node)
    const owner = above.startsWith('src/') || (above && !own.startsWith('src/')) ? above : own
    const special = /^\((garbage collector|program)\)$/.test(node.callFrame.functionName)
    owners.set(node.id, owner || (special ? node.callFrame.functionName : 'node'))
    for (const id of node.children ?? []) visit(byId.get(id)!, owner)
  }
  visit(nodes[0]!, '')
  return owners
}

const ranking = (
  title: string,
  shares: readonly (readonly [name: string, time: number])[],
  total: number,
  limit: number,
): string[] => {
  const sums = new Map<string, number>()
  for (const [name, time] of shares) sums.set(name, (sums.get(name) ?? 0) + time)
  const top = [...sums].toSorted(([, a], [, b]) => b - a).slice(0, limit)
  return [
    title,
    ...top.map(([name, time]) => `${((100 * time) / total).toFixed(1).padStart(5)} %  ${name}`),
  ]
}

/**
 * Formats a profile as text: self time by function, and time by owner. Shares are of the time that the process was not
 * idle.
 */
export const hottest = (profile: Profiler.Profile): string[] => {
  const times = timesOf(profile)
  const owners = ownersOf(profile)
  const working = profile.nodes.filter((node) => !isIdle(node))
  const timeOf = ({ id }: Node) => times.get(id) ?? 0
  const total = working.reduce((sum, node) => sum + timeOf(node), 0)
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [
    `idle for ${((100 * (all - total)) / all).toFixed(0)} % of the time`,
    ...ranking(
      'by function, what it called not counted:',
      working.map((node) => [functionOf(node), timeOf(node)]),
      total,
      20,
    ),
    ...ranking(
      'by the outermost of our files on the stack, or else the package:',
      working.map((node) => [owners.get(node.id) ?? 'node', timeOf(node)]),
      total,
      25,
    ),
  ]
}
