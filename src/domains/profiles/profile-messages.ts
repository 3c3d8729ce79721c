import { Type, type Static } from 'typebox'
import { evolved, Fields, Nothing, personal, saysNo, patternMessage } from '#kernel'
import { MediaId, Name, Paragraphs, Text, UserId, Username } from '../shared/index.ts'
import { MediaChange } from '../shared/media-change.ts'

/**
 * Who sees a whole profile instead of its username only: all signed-in users, its followers, or
 * followers whom the user has accepted.
 */
export const Privacy = Type.Enum(['public', 'followers', 'private'])
export type Privacy = Static<typeof Privacy>

/** A language tag (BCP 47): `en`, `pt-BR`. */
const Locale = patternMessage(
  'must be a language tag, such as en or pt-BR',
  Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$' }),
)

/** A name of the time zone database: `Europe/Berlin`. */
const TimeZoneName = patternMessage(
  'must be a name of the time zone database, such as Europe/Berlin',
  Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9_+/-]*$',
    maxLength: 64,
  }),
)

const Flag = Type.Boolean()
const MayBe = Type.Optional(Flag)

/** A time of day: `22:00`. */
const TimeOfDay = patternMessage(
  'must be a time of day, such as 22:00',
  Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }),
)

const QuietHours = Fields(
  { from: TimeOfDay, to: TimeOfDay },
  {
    description:
      'When push and text messages wait, in the time zone of the settings; urgent ones do not.',
  },
)

/** Kind of notifications, `order_confirmed`. */
const KindName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,99}$' })

const ofKind = Fields({ inApp: MayBe, email: MayBe, push: MayBe, sms: MayBe })

/** Most kinds of notifications whose channels a user may choose. */
export const mostKinds = 100

const kindOptions = {
  additionalProperties: false,
  maxProperties: mostKinds,
  description: 'Channels of kinds of notifications, where they differ from the defaults.',
}

const Kinds = Type.Record(KindName, ofKind, kindOptions)

/** Preferences of a user for notifications. */
export const Preferences = Fields({
  locale: Locale,
  channels: Fields(
    { inApp: Flag, email: Flag, push: Flag, sms: Flag },
    { description: 'How the user wants to be notified.' },
  ),
  kinds: Type.Optional(Kinds),
  quietHours: Type.Optional(QuietHours),
  /** Whether the user agreed to advertisements. */
  marketing: Type.Boolean(),
  /** Whether clients may report what the user does, for analytics. Missing: yes. */
  analytics: Type.Optional(Type.Boolean()),
})
export type Preferences = Static<typeof Preferences>

/** Settings of a user: theme and time zone. */
export const Settings = Fields({
  theme: Type.Enum(['system', 'light', 'dark']),
  timeZone: TimeZoneName,
})
export type Settings = Static<typeof Settings>

/** Public details of a seller. */
export const Seller = Fields({
  displayName: personal(Text(1, 100)),
  about: Type.Optional(personal(Text(1, 2_000))),
})
export type Seller = Static<typeof Seller>

/** Initial privacy, preferences and settings. */
export const initially: {
  readonly privacy: Privacy
  readonly preferences: Preferences
  readonly settings: Settings
} = {
  privacy: 'public',
  preferences: {
    locale: 'en',
    channels: { inApp: true, email: true, push: true, sms: true },
    marketing: false,
  },
  settings: { theme: 'system', timeZone: 'UTC' },
}

const beginning = {
  userId: UserId,
  username: personal(Username),
  name: Type.Optional(personal(Name(1, 255))),
}

/** Changed fields of recorded events; null removes a field. */
const changes = {
  name: Type.Optional(personal(Type.Union([Text(1, 255), Type.Null()]))),
  username: Type.Optional(personal(Username)),
  bio: Type.Optional(personal(Type.Union([Text(1, 2_000), Type.Null()]))),
  avatarMediaId: Type.Optional(Type.Union([MediaId, Type.Null()])),
}

/** Changed fields of commands, with stricter texts than recorded events have. */
const wishes = {
  ...changes,
  name: Type.Optional(personal(Type.Union([Name(1, 255), Type.Null()]))),
  bio: Type.Optional(personal(Type.Union([Paragraphs(1, 2_000), Type.Null()]))),
}

/** Name of a context, or of what it counts. */
const Counted = Type.String({ pattern: '^[a-z][A-Za-z0-9-]{0,63}$' })

/** Numbers of erased things by context. */
const forgotten = {
  counts: Type.Record(
    Counted,
    Type.Record(Counted, Type.Integer({ minimum: 0 }), { additionalProperties: false }),
    {
      additionalProperties: false,
      description: 'Numbers of erased things, by context and kind.',
    },
  ),
}

/** Version 1, from when three contexts erased data. */
type ForgottenBefore = {
  readonly follows: number
  readonly notifications: number
  readonly addresses: number
}

/** Version 1, from when notifications went to the app and by mail. */
type PreferencesBefore = {
  readonly locale: string
  readonly channels: { readonly inApp: boolean; readonly email: boolean }
  readonly marketing: boolean
}

/** Commands of a profile. */
export const commands = {
  CreateProfile: Fields(beginning, { description: 'Begin the profile of a new account.' }),
  UpdateProfile: Fields(wishes, {
    description:
      'Change fields of the profile; null removes a field. A new username must have been claimed.',
  }),
  ChangePreferences: Fields(
    {
      locale: Type.Optional(Locale),
      channels: Type.Optional(Fields({ inApp: MayBe, email: MayBe, push: MayBe, sms: MayBe })),
      kinds: Type.Optional(Type.Record(KindName, Type.Union([ofKind, Type.Null()]), kindOptions)),
      quietHours: Type.Optional(Type.Union([QuietHours, Type.Null()])),
      marketing: Type.Optional(Type.Boolean()),
      analytics: Type.Optional(Type.Boolean()),
    },
    {
      description:
        'Change preferences: language, channels, kinds, quiet hours, advertisements, analytics. Omitted fields stay unchanged; `quietHours: null` removes them, and so does null as the channels of a kind.',
    },
  ),
  ChangeSettings: Fields(
    {
      theme: Type.Optional(Settings.properties.theme),
      timeZone: Type.Optional(TimeZoneName),
      privacy: Type.Optional(Privacy),
    },
    { description: 'Change settings, and who may see the profile. Omitted fields stay unchanged.' },
  ),
  ActivateSeller: Fields(
    {
      displayName: personal(Name(1, 100)),
      about: Type.Optional(personal(Paragraphs(1, 2_000))),
    },
    { description: 'Become a seller, or change the details of the seller.' },
  ),
  DeleteProfile: Fields(
    {},
    { description: 'Delete the profile for good; the account and all other data follow.' },
  ),
  ForgetAtOnce: Fields(
    {},
    { description: 'Delete the profile and erase all data without waiting for open orders.' },
  ),
  RecordForgotten: Fields(forgotten, {
    description: 'Record that other contexts have erased the data of the user.',
  }),
}

/** Events of a profile. */
export const events = {
  UserProfileCreated: Fields({ ...beginning, name: Type.Optional(personal(Text(1, 255))) }),
  /** Holds the changed fields; null for a removed one. */
  UserUpdated: Fields({ ...changes, previousUsername: Type.Optional(personal(Username)) }),
  /** The picture of the profile has changed; comes before the update. */
  UserMediaChanged: MediaChange,
  UserPreferencesChanged: evolved(Preferences, ({ channels, ...rest }: PreferencesBefore) => ({
    ...rest,
    channels: { ...channels, push: true, sms: true },
  })),
  UserSettingsChanged: Settings,
  UserPrivacyChanged: Fields({ privacy: Privacy }),
  SellerProfileActivated: Seller,
  /** `username` is missing when no profile existed. */
  UserDeleted: Fields({ username: Type.Optional(personal(Username)) }),
  /** The erasure does not wait for open orders. */
  UserForgettingHastened: Nothing,
  UserForgotten: evolved(
    Fields(forgotten),
    ({ follows, notifications, addresses }: ForgottenBefore) => ({
      counts: { ordering: { addresses }, profiles: { follows }, notifications: { notifications } },
    }),
  ),
}

/** Refusals of a profile. */
export const refusals = {
  NoSuchProfile: saysNo.notFound('There is no such user.'),
  TooManyKinds: saysNo.invalid(
    `The channels of ${mostKinds} kinds may be chosen; remove one first.`,
  ),
  NotDeleted: 'This user has not left.',
}
