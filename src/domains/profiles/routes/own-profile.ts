import { Type, type Static } from 'typebox'
import { Fields, isRefusal, type StateOf } from '#kernel'
import { account } from '../../identity/language.ts'
import { initially, Preferences, Privacy, profile, Seller, Settings } from '../language.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import { personOf } from '../../identity/services/accounts.ts'
import { User } from '../../identity/services/sign-in.ts'
import type { Executor } from '../../../runtime/execution.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { noTokenCookies } from '../../../serving/cookies.ts'
import { mustBeNoAdmin, OpenOrders, openOrdersOf } from '../../identity/services/leaving.ts'
import { Fresh } from '../../../serving/lists.ts'
import { change, claimUsername, mustBeAt } from '../services/profile-changes.ts'
import { invalid, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { signInsOf, SignIns } from '../../identity/services/sign-ins.ts'
import { route } from '../../../serving/route.ts'

const params = Fields({ id: UserId })

/** What somebody says of themselves, as the command that changed it left it. */
const Said = Type.Object({
  userId: UserId,
  username: Type.String(),
  name: Type.Optional(Type.String()),
  bio: Type.Optional(Type.String()),
  avatarMediaId: Type.Optional(MediaId),
})

const SettingsAndPrivacy = Fields({ ...Settings.properties, privacy: Privacy })

type Active = Pick<
  Extract<StateOf<typeof profile>, { readonly status: 'active' }>,
  'username' | 'name' | 'bio' | 'avatarMediaId' | 'seller'
>

const soldBy = ({ seller }: Active) => seller && { seller }

const saidOf = (
  userId: UserId,
  { username, name, bio, avatarMediaId }: Active,
): Static<typeof Said> => ({
  userId,
  username,
  ...(name !== undefined && { name }),
  ...(bio !== undefined && { bio }),
  ...(avatarMediaId !== undefined && { avatarMediaId }),
})

/** Somebody with an account, as they are told of themselves, with what they say of themselves. */
const Me = Type.Object({
  ...User.properties,
  bio: Type.Optional(Type.String()),
  avatarMediaId: Type.Optional(MediaId),
  privacy: Privacy,
  seller: Type.Optional(Seller),
  signIns: SignIns,
})

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

/** Preferences and settings, which everybody has from the start. */
const mine = async (executor: Executor, userId: UserId) => {
  const { state, revision, position } = await executor.stateOf(profile, userId)
  if (state.status === 'deleted') throw notFound('user')
  return { ...(state.status === 'active' ? state : initially), revision, position }
}

/** What people do with their own profiles. */
export const ownProfileRoutes = [
  route({
    method: 'GET',
    url: '/users/me',
    access: 'user',
    operationId: 'me',
    summary: 'My profile',
    query: Fresh,
    data: Me,
    problems: [404],
    handle: async ({ caller }, { executor }) => {
      const { state, position } = await executor.stateOf(account, caller.id)
      if (state.status !== 'active') throw notFound('account')
      const { era: _, credentials: __, name: registered, ...person } = personOf(caller.id, state)
      // The profile's is what `PATCH /users/ID` takes; what is said of the account besides is not changed there.
      const { state: said, revision } = await executor.stateOf(profile, caller.id)
      const now = said.status === 'active' ? said : { ...person, ...initially, name: registered }
      return {
        data: {
          ...person,
          ...saidOf(caller.id, now),
          privacy: now.privacy,
          ...soldBy(now),
          signIns: signInsOf(state),
        },
        // One that follows the registration in a moment begins there.
        revision: Math.max(revision, 0),
        position,
      }
    },
  }),

  route({
    method: 'GET',
    url: '/users/me/preferences',
    access: 'user',
    operationId: 'getPreferences',
    summary: 'In which language and by which channels I want to be notified',
    data: Preferences,
    problems: [404],
    handle: async ({ caller }, { executor }) => {
      const { preferences: data, revision, position } = await mine(executor, caller.id)
      return { data, revision, position }
    },
  }),

  route({
    method: 'PUT',
    url: '/users/me/preferences',
    access: 'user',
    operationId: 'changePreferences',
    summary: 'Change my preferences; what is left out stays',
    body: profile.commands.ChangePreferences,
    example: { ...initially.preferences, locale: 'de' },
    data: Preferences,
    problems: [404],
    guarded: true,
    handle: async ({ caller, body, origin, expecting }, { executor }) => {
      const command = { type: 'ChangePreferences' as const, data: body }
      const answer = await change(executor, caller.id, command, origin, expecting)
      const { profile: now, position, revision } = answer
      return { data: now.preferences, position, revision }
    },
  }),

  route({
    method: 'GET',
    url: '/users/me/settings',
    access: 'user',
    operationId: 'getSettings',
    summary: 'My settings, and who may see my profile',
    data: SettingsAndPrivacy,
    problems: [404],
    handle: async ({ caller }, { executor }) => {
      const { settings, privacy, revision, position } = await mine(executor, caller.id)
      return { data: { ...settings, privacy }, revision, position }
    },
  }),

  route({
    method: 'PUT',
    url: '/users/me/settings',
    access: 'user',
    operationId: 'changeSettings',
    summary: 'Change my settings, and say who may see my profile; what is left out stays',
    description:
      'With `followers`, whoever is signed in may still follow, and sees it from then on: nobody is asked, and nobody can be sent away. With `private`, nobody else sees it.',
    body: profile.commands.ChangeSettings,
    example: { theme: 'dark', timeZone: 'Europe/Berlin', privacy: 'followers' },
    data: SettingsAndPrivacy,
    problems: [404],
    guarded: true,
    handle: async ({ caller, body, origin, expecting }, { executor }) => {
      if (body.timeZone !== undefined && !isTimeZone(body.timeZone))
        throw invalid('timeZone', 'must be a name of the time zone database, such as Europe/Berlin')
      const command = { type: 'ChangeSettings' as const, data: body }
      const answer = await change(executor, caller.id, command, origin, expecting)
      const { profile: now, position, revision } = answer
      return { data: { ...now.settings, privacy: now.privacy }, position, revision }
    },
  }),

  route({
    method: 'POST',
    url: '/users/me/seller',
    access: 'user',
    operationId: 'becomeSeller',
    summary: 'Become a seller, or change what is said of me as one',
    description:
      'The role follows in a moment. The access token stays good; the next one has the role: get it at `/auth/refresh`, or sign in again.',
    body: profile.commands.ActivateSeller,
    example: { displayName: 'Engines & Co', about: 'Analytical engines, new and used' },
    data: Type.Object({
      userId: UserId,
      seller: Seller,
      status: Type.Enum(['PENDING', 'ACTIVE'], { description: 'Of the role' }),
    }),
    status: 202,
    problems: [404],
    handle: async ({ caller, body, origin }, { executor }) => {
      const command = { type: 'ActivateSeller' as const, data: body }
      const { position, revision } = await change(executor, caller.id, command, origin, {})
      const { state } = await executor.stateOf(account, caller.id)
      const has = state.status !== 'new' && state.roles.includes('seller')
      const status = has ? ('ACTIVE' as const) : ('PENDING' as const)
      return { data: { userId: caller.id, seller: body, status }, position, revision }
    },
  }),

  route({
    method: 'PATCH',
    url: '/users/:id',
    access: 'user',
    operationId: 'updateProfile',
    summary: 'Change the profile of a user',
    description: 'What is left out stays; null takes it away.',
    params,
    body: profile.commands.UpdateProfile,
    example: { name: 'Ada King', bio: 'Counts', username: 'countess' },
    data: Said,
    problems: [404, 409],
    guarded: true,
    handle: async ({ params: { id }, caller, body, origin, expecting }, { executor }) => {
      mustOwn(caller, id)
      if (body.username !== undefined) {
        await mustBeAt(executor, id, origin, expecting)
        await claimUsername(executor, id, body.username, origin)
      }
      const command = { type: 'UpdateProfile' as const, data: body }
      const answer = await change(executor, id, command, origin, expecting)
      const { profile: now, position, revision } = answer
      return { data: saidOf(id, now), position, revision }
    },
  }),

  route({
    method: 'DELETE',
    url: '/users/:id',
    access: 'user',
    operationId: 'deleteUser',
    summary: 'Leave for good, and be forgotten',
    description:
      'The account is closed, sessions end, address and username are free again; what others have of the user is forgotten in a moment. Orders that are not paid are called off. Orders that are paid stay, without the address once they are on their way: only then is the user forgotten for good. The token is good for nothing after this; an admin may ask again to see how far it is.',
    params,
    data: Type.Object({
      userId: UserId,
      status: Type.Enum(['PENDING', 'COMPLETED']),
      orders: OpenOrders,
    }),
    status: 202,
    problems: [404, 409],
    guarded: true,
    handle: async (
      { params: { id }, caller, origin, expecting },
      { executor, readModels, config },
    ) => {
      mustOwn(caller, id)
      const { state: person } = await executor.stateOf(account, id)
      if (person.status === 'new') throw notFound('user')
      mustBeNoAdmin(person)
      const open = await openOrdersOf(readModels, id)
      const command = { type: 'DeleteProfile' as const, data: {} }
      const answer = await executor.execute(profile, id, command, origin, expecting)
      if (isRefusal(answer)) throw refusalProblem(profile, answer)
      const { state, position, revision } = answer
      const done = state.status === 'deleted' && state.forgotten
      const status = done ? ('COMPLETED' as const) : ('PENDING' as const)
      const data = { userId: id, status, orders: open }
      const cookies = caller.id === id && { cookies: noTokenCookies(config) }
      return { data, position, revision, ...cookies }
    },
  }),
]
