import { setTimeout as pause } from 'node:timers/promises'
import { errors } from '@elastic/elasticsearch'
import type { ElasticsearchConnection } from '../../engines/elasticsearch/connection.ts'
import { DocumentRefused } from '../documents/port.ts'
import { Unavailable } from '../../unavailable.ts'
import type { Operation } from './elasticsearch-index.ts'

/** Bytes of one request, unless one document alone has more. */
const mostBytes = 5_000_000

/** Documents of one request. */
const mostOperations = 1_000

/** Times that what an overloaded server refuses is sent, before the caller learns of it. */
const mostTries = 7

/** Delay before what was refused is sent again, in ms; doubled each time. */
const firstDelay = 50

/** The answer for one document. */
type Item = {
  readonly status: number
  readonly error?: { readonly type: string; readonly reason?: string | null }
}

/**
 * What a document was refused for: the type of the error and the field. The reason itself may quote values, which may be
 * personal data; only that of a blocked index has none.
 */
const reasonOf = ({ type, reason }: NonNullable<Item['error']>): string => {
  if (type === 'cluster_block_exception') return `${type}: ${reason ?? ''}`
  const [, field] = /^failed to parse field \[([^\]]*)\] of type /.exec(reason ?? '') ?? []
  return field === undefined ? type : `${type}: field ${field}`
}

/** Whether a server that answers so is overloaded, or short of a part of an index, for now. */
const isPassing = (status: number | undefined): boolean => status === 429 || status === 503

/** Requests that hold these operations in their order. */
const requestsOf = (operations: readonly Operation[]): readonly (readonly Operation[])[] => {
  const requests: Operation[][] = []
  let bytes = Infinity
  for (const operation of operations) {
    bytes += operation.bytes
    if (bytes > mostBytes || requests.at(-1)?.length === mostOperations) {
      requests.push([])
      bytes = operation.bytes
    }
    requests.at(-1)!.push(operation)
  }
  return requests
}

/**
 * Writes operations to an alias; a document that stands at the same position or later stays as it is.
 * @param missing the error where the alias is not there: an index is never created by writing to it
 * @throws Unavailable when the server fails, or refuses for too long; some operations may have been executed all the same
 * @throws DocumentRefused when the server refuses a document for what it is; all others are written then
 */
export const writeBulk = async (
  { run }: Pick<ElasticsearchConnection, 'run'>,
  alias: string,
  operations: readonly Operation[],
  missing: () => Error,
): Promise<void> => {
  let refused: DocumentRefused | undefined
  const refuse = ({ key }: Operation, reason: string) => {
    refused ??= new DocumentRefused(key, reason)
  }

  /** @returns the operations that are to be sent again, as the server was overloaded */
  const send = async (some: readonly Operation[]): Promise<readonly Operation[]> => {
    let items: readonly Item[]
    try {
      const answer = await run(async (client) => {
        const bulk = await client.transport.request<{
          items: readonly Readonly<Record<string, Item>>[]
        }>({
          method: 'POST',
          path: `/${alias}/_bulk`,
          querystring: {
            // An index is created by writing to its name, but an alias never is.
            require_alias: true,
            filter_path: 'items.*.status,items.*.error.type,items.*.error.reason',
          },
          bulkBody: some.map(({ text }) => text).join(''),
        })
        return bulk.items
      })
      items = answer.map((item) => Object.values(item)[0]!)
    } catch (error) {
      const { cause } = error as Error
      const status = cause instanceof errors.ResponseError ? cause.statusCode : undefined
      if (isPassing(status)) return some
      if (status !== 413) throw error
      // More than the server, or a proxy before it, takes in one request.
      if (some.length === 1) {
        refuse(some[0]!, 'it is larger than a request may be')
        return []
      }
      const half = Math.ceil(some.length / 2)
      return [...(await send(some.slice(0, half))), ...(await send(some.slice(half)))]
    }
    return some.filter((operation, nth) => {
      const { status, error } = items[nth]!
      // 409: a document that stands at this position or later.
      if (!error || status === 409) return false
      if (isPassing(status)) return true
      const reason = reasonOf(error)
      if (status === 404) throw missing()
      if (status !== 400 && status !== 413)
        throw new Unavailable(`Elasticsearch has not written a document (${status}): ${reason}`)
      refuse(operation, reason)
      return false
    })
  }

  for (const request of requestsOf(operations)) {
    let left = request
    for (let nth = 1; left.length > 0; nth += 1) {
      left = await send(left)
      if (left.length === 0) break
      if (nth === mostTries) throw new Unavailable('Elasticsearch is overloaded')
      await pause(firstDelay * 2 ** (nth - 1))
    }
  }
  if (refused) throw refused
}
