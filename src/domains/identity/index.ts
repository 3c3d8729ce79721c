export { account, Role } from './account.ts'
export { email, EmailAddress, EmailId, emailIdOf, normalEmail } from './email.ts'
export { session } from './session.ts'
export { username, Username, UsernameId, usernameIdOf, normalUsername } from './username.ts'
