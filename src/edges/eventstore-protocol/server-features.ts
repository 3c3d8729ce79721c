import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js'

/** The release of EventStoreDB that this endpoint is compatible with. Clients read the three numbers only. */
const version = '24.10.0'

/** Methods advertised to clients. `batchappend` is served but not advertised: see docs/decisions/044. */
const methods: readonly { readonly name: string; readonly features: readonly string[] }[] = [
  { name: 'read', features: ['position', 'events'] },
  { name: 'append', features: [] },
]

/** Methods of persistent subscriptions; all of them serve groups of a stream, and of the whole log. */
const groupMethods = ['create', 'update', 'delete', 'read', 'getinfo', 'replayparked', 'list']

/** Builds the answer of `ServerFeatures.GetSupportedMethods`. @param hasGroups whether persistent subscriptions are served */
export const supportedMethods = (hasGroups: boolean): SupportedMethods => {
  const supported = new features.SupportedMethods()
  supported.setEventStoreServerVersion(version)
  const add = (service: string, name: string, methodFeatures: readonly string[]): void => {
    const method = new features.SupportedMethod()
    method.setServiceName(service)
    method.setMethodName(name)
    method.setFeaturesList([...methodFeatures])
    supported.addMethods(method)
  }
  for (const { name, features: methodFeatures } of methods)
    add('event_store.client.streams.streams', name, methodFeatures)
  if (!hasGroups) return supported
  const service = 'event_store.client.persistent_subscriptions.persistentsubscriptions'
  for (const name of groupMethods) add(service, name, ['stream', 'all'])
  add(service, 'restartsubsystem', [])
  return supported
}
