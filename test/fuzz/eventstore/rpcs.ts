import type { MethodDefinition } from '@grpc/grpc-js'
import cluster from '@eventstore/db-client/generated/cluster_grpc_pb.js'
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import monitoring from '@eventstore/db-client/generated/monitoring_grpc_pb.js'
import operations from '@eventstore/db-client/generated/operations_grpc_pb.js'
import persistent from '@eventstore/db-client/generated/persistent_grpc_pb.js'
import projections from '@eventstore/db-client/generated/projections_grpc_pb.js'
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js'
import users from '@eventstore/db-client/generated/users_grpc_pb.js'
import { shapeOf, type Shape } from './message-shape.ts'

/** An RPC of EventStoreDB. */
export type Rpc = {
  /** `Streams/Read`. */
  readonly name: string
  readonly path: string
  readonly shape: Shape
  readonly requestStream: boolean
  readonly responseStream: boolean
  /** Whether the endpoint serves it; others are UNIMPLEMENTED. */
  readonly isServed: boolean
}

const rpcsOf = (services: readonly object[], isServed: boolean): readonly Rpc[] =>
  services
    .flatMap((service) => Object.values(service) as MethodDefinition<object, object>[])
    .map(({ path, requestDeserialize, requestStream, responseStream }) => ({
      name: path.replace(/^.*\.(?=\w+\/)/, ''),
      path,
      shape: shapeOf(requestDeserialize(Buffer.alloc(0))),
      requestStream,
      responseStream,
      isServed,
    }))

/** RPCs that the endpoint serves. */
export const servedRpcs: readonly Rpc[] = rpcsOf(
  [
    streams.StreamsService,
    persistent.PersistentSubscriptionsService,
    features.ServerFeaturesService,
    gossip.GossipService,
  ],
  true,
)

/** RPCs that it does not. */
export const otherRpcs: readonly Rpc[] = rpcsOf(
  [
    monitoring.MonitoringService,
    operations.OperationsService,
    projections.ProjectionsService,
    users.UsersService,
    cluster.GossipService,
    cluster.ElectionsService,
  ],
  false,
)

/** Returns an RPC by its name. @throws Error when there is none */
export const rpcNamed = (name: string): Rpc => {
  const found = servedRpcs.find((rpc) => rpc.name === name)
  if (!found) throw new Error(`There is no RPC ${name}`)
  return found
}
