import { randomUUID } from 'node:crypto'
import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'

/**
 * What `Gossip.Read` answers, so that `esdb+discover://` finds its way: a cluster of one, which leads.
 * @returns the answer to who asked at an authority, `host:port`: what was reached once is reached again there
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
