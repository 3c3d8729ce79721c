import { status } from '@grpc/grpc-js'
import type { GroupKey, LeaderAddress } from '../../../platform/messaging/consumer-groups/port.ts'
import { CallRefused } from '../call-refused.ts'

/** Trailers by which clients recognise the group and the kind of error; gRPC allows printable ASCII. */
const trailersOf = (exception: string, { source, name }: GroupKey) => ({
  exception,
  'stream-name': plain(source),
  'group-name': plain(name),
})

const plain = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?')

/** There is no such group. */
export const groupMissing = (key: GroupKey): CallRefused =>
  new CallRefused(
    status.NOT_FOUND,
    `Subscription group ${key.name} on stream ${key.source} does not exist.`,
    trailersOf('persistent-subscription-does-not-exist', key),
  )

/** The group that is to be created is there. */
export const groupExists = (key: GroupKey): CallRefused =>
  new CallRefused(
    status.ALREADY_EXISTS,
    `Subscription group ${key.name} on stream ${key.source} exists.`,
    trailersOf('persistent-subscription-exists', key),
  )

/** A group has as many consumers as its settings allow. */
export const tooManyConsumers = (key: GroupKey): CallRefused =>
  new CallRefused(
    status.FAILED_PRECONDITION,
    `Maximum subscriptions reached for subscription group ${key.name} on stream ${key.source}.`,
    trailersOf('maximum-subscribers-reached', key),
  )

/** A consumer is disconnected for good. @param why what happened to the group */
export const dropped = (key: GroupKey, why: string): CallRefused =>
  new CallRefused(
    status.CANCELLED,
    `Subscription group ${key.name} on stream ${key.source}: ${why}.`,
    trailersOf('persistent-subscription-dropped', key),
  )

/** Another process leads the groups; clients connect there. */
export const notLeader = ({ host, port }: LeaderAddress): CallRefused =>
  new CallRefused(
    status.NOT_FOUND,
    `Persistent subscriptions are served at ${host}:${port}; connect there`,
    {
      exception: 'not-leader',
      'leader-endpoint-host': host,
      'leader-endpoint-port': String(port),
    },
  )
