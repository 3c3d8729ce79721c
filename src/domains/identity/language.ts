// Exports of this context for other parts of Agora: its deciders, ids and types.

export { account, emailChangeHolds, isOpen, resetHolds, verificationHolds } from './account.ts'
export { isOfTheseCredentials } from './account-state.ts'
export { CredentialsCount, RequestId } from './account-messages.ts'
export {
  externalIdentity,
  externalIdentityIdOf,
  ExternalIdentityId,
  ProviderName,
} from './external-identity.ts'
export { email, EmailAddress, EmailId, emailIdOf, normalEmail, TypedAddress } from './email.ts'
export { isReservedUsername } from './reserved-usernames.ts'
export {
  OverlapHours,
  rights,
  serviceAccount,
  ServiceAccountId,
  serviceLimits,
  ServiceName,
  validSecrets,
  type ServiceAccountState,
} from './service-account.ts'
export { session } from './session.ts'
export { username, Username, UsernameId, usernameIdOf, normalUsername } from './username.ts'
