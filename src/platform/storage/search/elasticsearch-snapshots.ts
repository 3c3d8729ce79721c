import { randomUUID } from 'node:crypto'
import { errors, type Client, type estypes } from '@elastic/elasticsearch'

/** The state of an index at one moment (a point in time), for the pages of an answer. */
type Snapshot = {
  /** Id in Elasticsearch. */
  readonly id: string
  /** Name in places. */
  readonly name: string
  /** ms of this process's clock. */
  readonly openedAt: number
}

/** Time that a snapshot is used for, in ms: it shows what was deleted since. */
const longestUse = 60_000

/** Time that answers begin to use a snapshot for, in ms, so that few are open at once. */
const sharedFor = 5_000

/** A place whose answer is read on in a snapshot: the generation and the name. */
const withSnapshot = /^[^.]*\.(\d+)\.([\w-]+)$/

/** Whether Elasticsearch no longer has a snapshot: it forgets them when it restarts. */
const isLost = (error: unknown): boolean =>
  error instanceof errors.ResponseError && error.statusCode === 404

/**
 * Snapshots of indices, by process. The first page of an answer needs none; from the second one on, its pages are of one
 * snapshot, which expires: then, or in another process, they go on in another one. A place never has the
 * id in Elasticsearch, which would open the state of any index to who has it.
 */
export const createSnapshots = () => {
  const opened = new Map<string, readonly Promise<Snapshot>[]>()

  const current = async (index: string): Promise<readonly Snapshot[]> => {
    const all = await Promise.allSettled(opened.get(index) ?? [])
    return all.flatMap((one) =>
      one.status === 'fulfilled' && performance.now() - one.value.openedAt < longestUse
        ? [one.value]
        : [],
    )
  }

  const newest = async (client: Client, index: string): Promise<Snapshot> => {
    const found = (await current(index)).at(-1)
    if (found && performance.now() - found.openedAt < sharedFor) return found
    const opening = client
      .openPointInTime({ index, keep_alive: `${longestUse}ms` })
      .then(({ id }) => ({ id, name: randomUUID(), openedAt: performance.now() }))
    const kept = (await current(index)).map((one) => Promise.resolve(one))
    opened.set(index, [...kept, opening])
    return opening
  }

  return {
    /**
     * Searches an index, or its state at the moment that a place names.
     * @param options.after the place that the answer continues from; none for the first page
     * @param options.isFresh whether the answer must not be of a snapshot
     * @returns the answer, and what its `next` ends with
     */
    search: async <Source>(
      client: Client,
      {
        index,
        generation,
        after,
        isFresh,
        body,
      }: {
        readonly index: string
        readonly generation: number
        readonly after: string | undefined
        readonly isFresh: boolean
        readonly body: estypes.SearchRequest
      },
    ): Promise<{ readonly answer: estypes.SearchResponse<Source>; readonly suffix: string }> => {
      if (after === undefined || isFresh)
        return { answer: await client.search<Source>({ ...body, index }), suffix: '' }
      const inSnapshot = async ({ id, name }: Snapshot) => ({
        answer: await client.search<Source>({ ...body, pit: { id } }),
        suffix: `.${generation}.${name}`,
      })
      const [, of, given] = withSnapshot.exec(after) ?? []
      const named =
        Number(of) === generation
          ? (await current(index)).find(({ name }) => name === given)
          : undefined
      try {
        return await inSnapshot(named ?? (await newest(client, index)))
      } catch (error) {
        if (!isLost(error)) throw error
        opened.delete(index)
        return inSnapshot(await newest(client, index))
      }
    },
    /** Forgets an index that is deleted. */
    forget: (index: string): void => void opened.delete(index),
  }
}
