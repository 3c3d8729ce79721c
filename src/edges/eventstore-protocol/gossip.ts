import { randomUUID } from 'node:crypto'
import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js'
import { badArgument } from './call-refused.ts'
import shared from '@eventstore/db-client/generated/shared_pb.js'

/** @throws CallRefused when it is not an address */
const addressIn = (authority: string): { readonly host: string; readonly port: number } => {
  if (!URL.canParse(`http://${authority}`))
    throw badArgument(':authority: must be the host and port of this endpoint')
  const { hostname, port } = new URL(`http://${authority}`)
  return { host: hostname, port: Number(port || 80) }
}

/**
 * Answers of `Gossip.Read` for `esdb+discover://`: a cluster of one node, which is the leader.
 * @returns the answer for the authority (`host:port`) that the client called; the node has that address; throws CallRefused where that is none
 */
export const clusterOfOne = (): ((authority: string) => ClusterInfo) => {
  const instance = randomUUID()
  return (authority) => {
    const { host, port } = addressIn(authority)
    const member = new gossip.MemberInfo()
    member.setInstanceId(new shared.UUID().setString(instance))
    member.setTimeStamp(`${Date.now()}0000`)
    member.setState(gossip.MemberInfo.VNodeState.LEADER)
    member.setIsAlive(true)
    member.setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port))
    return new gossip.ClusterInfo().setMembersList([member])
  }
}
