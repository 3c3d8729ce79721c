import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js'

/** The release of EventStoreDB whose clients find here what they know. Clients read the three numbers only. */
const version = '24.10.0'

/** So clients know what they may ask for. `batchappend` is served and left out: see docs/decisions/044. */
const methods: readonly { readonly name: string; readonly features: readonly string[] }[] = [
  { name: 'read', features: ['position', 'events'] },
  { name: 'append', features: [] },
]

/** The answer of `ServerFeatures.GetSupportedMethods`. */
export const supportedMethods = (): SupportedMethods => {
  const supported = new features.SupportedMethods()
  supported.setEventStoreServerVersion(version)
  for (const { name, features: those } of methods) {
    const method = new features.SupportedMethod()
    method.setServiceName('event_store.client.streams.streams')
    method.setMethodName(name)
    method.setFeaturesList([...those])
    supported.addMethods(method)
  }
  return supported
}
