import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js'

/** The release of EventStoreDB that this endpoint is compatible with. Clients read the three numbers only. */
const version = '24.10.0'

/** Methods advertised to clients. `batchappend` is served but not advertised: see docs/decisions/044. */
const methods: readonly { readonly name: string; readonly features: readonly string[] }[] = [
  { name: 'read', features: ['position', 'events'] },
  { name: 'append', features: [] },
]

/** Builds the answer of `ServerFeatures.GetSupportedMethods`. */
export const supportedMethods = (): SupportedMethods => {
  const supported = new features.SupportedMethods()
  supported.setEventStoreServerVersion(version)
  for (const { name, features: methodFeatures } of methods) {
    const method = new features.SupportedMethod()
    method.setServiceName('event_store.client.streams.streams')
    method.setMethodName(name)
    method.setFeaturesList([...methodFeatures])
    supported.addMethods(method)
  }
  return supported
}
