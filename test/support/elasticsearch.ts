import { randomUUID } from 'node:crypto'

/** The server that TEST_ELASTICSEARCH_URL names. Empty where there is none. */
const elasticsearchUrl = process.env.TEST_ELASTICSEARCH_URL ?? ''

/** Whether there is one; without it, tests that need it are reported as skipped. */
export const hasElasticsearch = elasticsearchUrl !== ''

/** Added to the name of what is skipped without it. */
export const needsElasticsearch = hasElasticsearch
  ? ''
  : ' (skipped: TEST_ELASTICSEARCH_URL names no server)'

/** Indices of its own for a test, in a shared server. */
export type TestIndices = {
  readonly url: string
  /** Deletes them all, or those of one read model. */
  readonly drop: (name?: string) => Promise<void>
}

/**
 * Names a prefix that no other test uses.
 * @param server default: the one that TEST_ELASTICSEARCH_URL names
 */
export const freshIndices = (server = elasticsearchUrl): TestIndices => {
  const prefix = `t${randomUUID().slice(0, 13)}_`
  const url = new URL(server)
  url.searchParams.set('prefix', prefix)
  return {
    url: url.href,
    drop: async (name = '') => {
      const pattern = `${prefix}${name}*`
      const listed = await fetch(new URL(`/_cat/indices/${pattern}?format=json&h=index`, server))
      const indices = (await listed.json()) as readonly { readonly index: string }[]
      // One by one: some servers delete no pattern.
      for (const { index } of indices)
        await fetch(new URL(`/${index}`, server), { method: 'DELETE' })
    },
  }
}

/** Every document of the indices of a test, deleted ones included where a remainder is left, by index. */
export const contentOfIndices = async (
  url: string,
): Promise<readonly (readonly [string, string])[]> => {
  const server = new URL(url)
  const prefix = server.searchParams.get('prefix') ?? ''
  server.search = ''
  const ask = async (path: string, method = 'GET') =>
    (await fetch(new URL(path, server), { method })).json()
  const listed = (await ask(`/_cat/indices/${prefix}*?format=json&h=index`)) as readonly {
    readonly index: string
  }[]
  return Promise.all(
    listed.map(async ({ index }) => {
      await ask(`/${index}/_refresh`, 'POST')
      const found = await ask(`/${index}/_search?size=10000`)
      return [`elasticsearch ${index.slice(prefix.length)}`, JSON.stringify(found)] as const
    }),
  )
}
