import { randomUUID } from 'node:crypto'
import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'

/**
 * Answers of `Gossip.Read` for `esdb+discover://`: a cluster of one node, which is the leader.
 * @returns the answer for the authority (`host:port`) that the client called; the node has that address
 */
export const clusterOfOne = (): ((authority: string) => ClusterInfo) => {
  const instance = randomUUID()
  return (authority) => {
    const { hostname, port } = new URL(`http://${authority}`)
    const member = new gossip.MemberInfo()
    member.setInstanceId(new shared.UUID().setString(instance))
    member.setTimeStamp(`${Date.now()}0000`)
    member.setState(gossip.MemberInfo.VNodeState.LEADER)
    member.setIsAlive(true)
    member.setHttpEndPoint(new gossip.EndPoint().setAddress(hostname).setPort(Number(port || 80)))
    return new gossip.ClusterInfo().setMembersList([member])
  }
}
