import { status } from '@grpc/grpc-js'
import type { Ended } from './http2-call.ts'
import type { Rpc } from './rpcs.ts'

/** What is wrong with the end of a call. */
export type Verdict = { readonly what: string; readonly detail: string }

/** Statuses by which a server says that it has failed. */
const faults: ReadonlySet<number> = new Set([
  status.UNKNOWN,
  status.INTERNAL,
  status.DATA_LOSS,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
])

/** Sentences of UNAVAILABLE that a server which is well has: another call, or this client, has caused them. */
const causedByCalls = /are restarted|No process leads|ended before it was complete/

/**
 * Sentences of INTERNAL that are of the library, which the specification of gRPC demands where a message cannot be read; and
 * where a time limit is none.
 */
const unreadable = /deserializing|decompress|invalid grpc-timeout/i

/**
 * Judges the end of a call.
 * @param isBroken whether its frames are not those of any client
 * @returns undefined when it is as it should be
 */
export const verdictOn = (
  { isServed, name }: Rpc,
  { how, status: code, message, http }: Ended,
  isBroken = false,
): Verdict | undefined => {
  const detail = `${how}, HTTP ${http}, ${message.slice(0, 400)}`
  if (how === 'silent') return { what: 'no end', detail }
  if (how === 'cancelled') return undefined
  if (code === undefined) {
    // What is not gRPC is refused by HTTP.
    if (isBroken) return undefined
    return { what: `no status: ${how}, HTTP ${http}`, detail }
  }
  const codeName = status[code] ?? `status ${code}`
  if (!isServed)
    return code === status.UNIMPLEMENTED || isBroken ? undefined : { what: codeName, detail }
  if (code === status.UNIMPLEMENTED && !isBroken) return { what: codeName, detail }
  if (code === status.UNAVAILABLE && !causedByCalls.test(message)) return { what: codeName, detail }
  if (code === status.INTERNAL && unreadable.test(message)) return undefined
  return faults.has(code) ? { what: `${codeName} ${name}`.trim(), detail } : undefined
}
