/** Longest name of a database in PostgreSQL and MongoDB, in bytes: PostgreSQL cuts longer ones without an error. */
const longestName = 63

/** Longest prefix, in bytes: names of indices may have 255, with read model and generation. */
const longestPrefix = 100

/** The decoded path of a URL with an authority of one or several hosts; undefined when its encoding is invalid. */
const databaseIn = (url: string): string | undefined => {
  const [, path = ''] = /^[a-z+]+:\/\/[^/?#]*\/?([^?#]*)/.exec(url) ?? []
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

const badEncoding = 'must name a database without invalid percent-encoding'

const isTooLong = (name: string): boolean => Buffer.byteLength(name) > longestName
const tooLong = `must name a database with at most ${longestName} bytes`

/**
 * Checks the URL of Elasticsearch beyond its pattern. Names of indices are lower-case; of the other characters that
 * Elasticsearch allows, - and _ are enough.
 * @returns what is invalid, without the URL, which may have a password
 */
export const elasticsearchProblem = (url: string): string | undefined => {
  const at = url.indexOf('?')
  if (at === -1) return undefined
  const [, prefix] = /^\?prefix=(.*)$/s.exec(url.slice(at)) ?? []
  if (prefix === undefined) return 'must have no parameter but ?prefix='
  return prefix.length <= longestPrefix && /^[a-z0-9][a-z0-9_-]*$/.test(prefix)
    ? undefined
    : `?prefix= must have at most ${longestPrefix} lower-case letters, digits, - and _, and begin with a letter or digit`
}

/** Databases that MongoDB uses itself; a URL often has one by mistake, as the source of authentication. */
const ofMongo = new Set(['admin', 'local', 'config'])

/**
 * Checks the database that a URL of MongoDB names.
 * @returns what is invalid, without the URL, which may have a password
 */
export const mongoProblem = (url: string): string | undefined => {
  const name = databaseIn(url)
  if (name === undefined) return badEncoding
  if (isTooLong(name)) return tooLong
  if (/[/\\. "$*<>:|?]/.test(name) || name.includes('\0'))
    return 'must name a database without spaces and without / \\ . " $ * < > : | ?'
  return ofMongo.has(name)
    ? `must not name ${name}, a database of MongoDB itself; users are looked up there with ?authSource=${name}`
    : undefined
}

/**
 * Checks the URL of Redis, or the URLs of the nodes of a cluster.
 * @returns what is invalid, without the URL, which may have a password
 */
export const redisProblem = (url: string): string | undefined => {
  const nodes = url.split(/,(?=rediss?:\/\/)/)
  if (!nodes.every((node) => URL.canParse(node)))
    return 'is no valid URL, or several of them separated by commas; characters such as , / ? # @ % in a password are written as %2C, %2F, …'
  const isCluster = nodes.length > 1 || url.includes('?cluster=')
  if (nodes.length > 1 && url.includes('?'))
    return 'must have no parameter where it has several URLs'
  if (url.includes('?cluster=') && !url.endsWith('?cluster=true'))
    return 'must have ?cluster=true as its only parameter, for a cluster'
  return isCluster && nodes.some((node) => !/^\/?0?$/.test(new URL(node).pathname))
    ? 'must name no database but 0: a cluster has no other'
    : undefined
}

/**
 * Checks the database that a URL of PostgreSQL names.
 * @returns what is invalid, without the URL, which may have a password
 */
export const postgresProblem = (url: string): string | undefined => {
  if (!/^postgres(ql)?:\/\//.test(url)) return 'must begin with postgres:// or postgresql://'
  const name = databaseIn(url)
  if (name === undefined) return badEncoding
  if (isTooLong(name)) return tooLong
  return name.includes('/') || name.includes('\0')
    ? 'must name one database, without / and zero bytes'
    : undefined
}
