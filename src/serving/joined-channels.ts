import type { AnyChannel } from './channel.ts'
import type { Tell } from './message.ts'
import type { HandledAsk } from './questions.ts'

type Client = Readonly<Record<string, HandledAsk>>
type Server = AnyChannel['server']

/** @throws Error when two contexts declare a message of the same name differently */
const mustAgree = (
  name: string,
  one: { readonly payload: unknown },
  other: { readonly payload: unknown },
) => {
  if (one.payload !== other.payload)
    throw new Error(`Two contexts declare ${name} with different payloads.`)
}

const joinedServer = (one: Server, other: Server): Server => {
  const both: Record<string, Tell> = { ...one }
  for (const [name, message] of Object.entries(other)) {
    const before = one[name]
    if (before) mustAgree(name, before, message)
    const after = [...new Set([...(before?.after ?? []), ...message.after])]
    both[name] = { ...message, after }
  }
  return both
}

const joinedClient = (one: Client, other: Client): Client => {
  const both: Record<string, HandledAsk> = { ...other, ...one }
  for (const [name, asked] of Object.entries(other)) {
    const before = one[name]
    if (!before) continue
    mustAgree(name, before, asked)
    if ('enters' in before && 'enters' in asked)
      both[name] = { ...before, orEnters: [...(before.orEnters ?? []), asked.enters] }
    // The room of a question follows from its payload, whichever context has declared it.
    else if (!('leaves' in before && 'leaves' in asked))
      throw new Error(`Two contexts declare the handler of ${name}.`)
  }
  return both
}

const joined = (one: AnyChannel, other: AnyChannel): AnyChannel => {
  if (one.open || other.open || one.access !== other.access)
    throw new Error(`Two contexts declare ${one.namespace}, which cannot be joined.`)
  if (other.resumes || other.presence !== undefined || other.parts)
    throw new Error(`${one.namespace} has a resumption, presence or partings of a second context.`)
  return {
    ...one,
    server: joinedServer(one.server, other.server),
    client: joinedClient(one.client, other.client),
    topics: [...one.topics, ...other.topics],
    welcomes: [...one.welcomes, ...other.welcomes],
  }
}

/**
 * Joins channels of the same namespace that several contexts declare: each has topics of its own, and messages of the same name
 * have the same payload. A subscription that several declare is made with the first context that accepts it.
 * @throws Error when they cannot be joined
 */
export const joinedChannels = (channels: readonly AnyChannel[]): readonly AnyChannel[] => {
  const byNamespace = new Map<string, AnyChannel>()
  for (const one of channels) {
    const before = byNamespace.get(one.namespace)
    byNamespace.set(one.namespace, before ? joined(before, one) : one)
  }
  return [...byNamespace.values()]
}
