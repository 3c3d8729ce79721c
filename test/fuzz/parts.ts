import { doors } from './doors.ts'
import { eventstore } from './eventstore.ts'
import { grpc } from './grpc.ts'
import { http } from './http.ts'
import { sockets } from './sockets.ts'
import type { Part } from './support/part.ts'

/** Parts of the fuzz, in order, with their share of the requests. */
export const parts = {
  http: { run: http, share: 1 },
  sockets: { run: sockets, share: 0.2 },
  grpc: { run: grpc, share: 0.2 },
  eventstore: { run: eventstore, share: 0.2 },
  doors: { run: doors, share: 1 },
} satisfies Readonly<Record<string, { readonly run: Part; readonly share: number }>>

/** Name of a part. */
export type PartName = keyof typeof parts

/** Names of all parts. */
export const partNames = Object.keys(parts) as readonly PartName[]

/** Whether there is a part of this name. */
export const isPartName = (name: string): name is PartName => Object.hasOwn(parts, name)
