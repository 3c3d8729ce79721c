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
export type TestIndices = { readonly url: string; readonly drop: () => Promise<void> }

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
    drop: async () => {
      const listed = await fetch(new URL(`/_cat/indices/${prefix}*?format=json&h=index`, server))
      const indices = (await listed.json()) as readonly { readonly index: string }[]
      // One by one: some servers delete no pattern.
      for (const { index } of indices)
        await fetch(new URL(`/${index}`, server), { method: 'DELETE' })
    },
  }
}
