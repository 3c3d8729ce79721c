import { Type, type Static } from 'typebox'
import { about, decider, Fields, Nothing, personal, refuse, saysNo } from '#kernel'
import { GigId, MediaId, Name, Paragraphs, Text, UserId } from '../shared/index.ts'
import { MediaChange, mediaChange, mediaEnd } from '../shared/media-change.ts'
import { faultOf, Package, RecordedPackage, samePackages } from './package.ts'

const packagesOf = <P extends typeof Package | typeof RecordedPackage>(one: P) =>
  Type.Array(one, { minItems: 1, maxItems: 3 })

const Media = Type.Array(MediaId, { maxItems: 20, uniqueItems: true })

/** What a seller says about a gig. */
const details = {
  title: personal(Name(1, 200)),
  description: personal(Paragraphs(1, 10_000)),
  category: personal(Name(1, 100)),
  packages: packagesOf(Package),
}

const optional = {
  tags: Type.Optional(Type.Array(personal(Name(1, 50)), { maxItems: 10, uniqueItems: true })),
  mediaIds: Type.Optional(Media),
}

const recorded = {
  title: personal(Text(1, 200)),
  description: personal(Text(1, 10_000)),
  category: personal(Text(1, 100)),
  tags: Type.Array(personal(Text(1, 50)), { maxItems: 10 }),
  packages: packagesOf(RecordedPackage),
  mediaIds: Media,
}

/** Details of a gig in recorded events. */
export const GigDetails = Fields(recorded)
export type GigDetails = Static<typeof GigDetails>

/** Changed details in recorded events. */
const { properties: changed } = Type.Partial(GigDetails)

/** Status of a gig. */
export const GigStatus = Type.Enum(['DRAFT', 'PUBLISHED', 'PAUSED'])
export type GigStatus = Static<typeof GigStatus>

type State =
  | { readonly status: 'NEW' }
  | ({
      readonly status: GigStatus
      readonly sellerId: UserId
      /** Status before the seller was suspended; the gig is paused meanwhile. */
      readonly suspended?: 'PUBLISHED' | 'PAUSED'
    } & Readonly<GigDetails>)
  | { readonly status: 'DELETED'; readonly sellerId: UserId }

/** A gig: a service that a seller offers in one to three packages. It can be ordered while it is published. */
export const gig = decider({
  name: 'gig',
  id: GigId,

  commands: {
    CreateGig: Fields(
      { sellerId: UserId, ...details, ...optional },
      { description: 'Create a gig, as a draft.' },
    ),
    UpdateGig: Type.Partial(Fields({ ...details, ...optional }), {
      additionalProperties: false,
      description: 'Change details of a gig; omitted ones stay unchanged.',
    }),
    PublishGig: Fields({}, { description: 'Offer the gig to buyers.' }),
    PauseGig: Fields({}, { description: 'Accept no more orders of the gig for now.' }),
    SuspendGig: Fields({}, { description: 'Withdraw the gig while its seller is suspended.' }),
    ResumeGig: Fields({}, { description: 'Offer the gig as before, as its seller is back.' }),
    DeleteGig: Fields({}, { description: 'Withdraw the gig for good.' }),
  },

  events: {
    GigCreated: about('sellerId', Fields({ sellerId: UserId, ...recorded })),
    /** Holds the changed details. */
    GigUpdated: about('sellerId', Fields({ sellerId: UserId, ...changed })),
    GigPublished: Nothing,
    GigPaused: Nothing,
    /** Paused until `GigResumed`, and shown to nobody else. */
    GigSuspended: Nothing,
    GigResumed: Nothing,
    GigDeleted: Nothing,
    /** Comes before the update or the deletion that changes them. */
    GigMediaChanged: MediaChange,
  },

  refusals: {
    NoSuchGig: saysNo.notFound('There is no such gig.'),
    AlreadyCreated: 'This gig was created before; change it instead.',
    SellerSuspended: 'The seller of this gig is suspended.',
    NotPublished: 'This gig is a draft; only a published one can be paused.',
    SamePackageName: saysNo.invalid('Packages of a gig must have different names.'),
    MixedPackageCurrencies: saysNo.invalid('Packages of a gig must have prices in one currency.'),
  },
}).rules<State>({
  initialState: { status: 'NEW' },
  stateVersion: 2,

  decide: {
    CreateGig: ({ tags = [], mediaIds = [], ...data }, state) => {
      const fault = faultOf(data.packages)
      if (fault) return fault
      const created = { ...data, tags, mediaIds }
      if (state.status === 'NEW') return [{ type: 'GigCreated', data: created }]
      const isSame =
        isThere(state) &&
        state.sellerId === data.sellerId &&
        Object.keys(changesOf(state, created)).length === 0
      return isSame ? [] : refuse('AlreadyCreated')
    },

    UpdateGig: (wished, state) => {
      if (!isThere(state)) return refuse('NoSuchGig')
      const fault = wished.packages && faultOf(wished.packages)
      if (fault) return fault
      const changes = changesOf(state, wished)
      if (Object.keys(changes).length === 0) return []
      const files = changes.mediaIds && mediaChange(state.mediaIds, changes.mediaIds)
      return [
        ...(files ? [{ type: 'GigMediaChanged' as const, data: files }] : []),
        { type: 'GigUpdated', data: { sellerId: state.sellerId, ...changes } },
      ]
    },

    PublishGig: (_, state) => {
      if (!isThere(state)) return refuse('NoSuchGig')
      if (state.suspended) return refuse('SellerSuspended')
      return state.status === 'PUBLISHED' ? [] : [{ type: 'GigPublished', data: {} }]
    },

    PauseGig: (_, state) => {
      if (!isThere(state)) return refuse('NoSuchGig')
      if (state.status === 'DRAFT') return refuse('NotPublished')
      if (state.suspended) return refuse('SellerSuspended')
      return state.status === 'PAUSED' ? [] : [{ type: 'GigPaused', data: {} }]
    },

    SuspendGig: (_, state) =>
      !isThere(state) || state.status === 'DRAFT' || state.suspended
        ? []
        : [{ type: 'GigSuspended', data: {} }],

    ResumeGig: (_, state) =>
      isThere(state) && state.suspended ? [{ type: 'GigResumed', data: {} }] : [],

    DeleteGig: (_, state) => {
      if (state.status === 'NEW') return refuse('NoSuchGig')
      if (!isThere(state)) return []
      const files = mediaEnd(state.mediaIds)
      return [
        ...(files ? [{ type: 'GigMediaChanged' as const, data: files }] : []),
        { type: 'GigDeleted', data: {} },
      ]
    },
  },

  evolve: {
    GigCreated: (_, data) => ({ status: 'DRAFT', ...data }),
    GigUpdated: (state, changes) => (isThere(state) ? { ...state, ...changes } : state),
    GigPublished: (state) => (isThere(state) ? { ...state, status: 'PUBLISHED' } : state),
    GigPaused: (state) => (isThere(state) ? { ...state, status: 'PAUSED' } : state),
    GigSuspended: (state) =>
      isThere(state) && state.status !== 'DRAFT'
        ? { ...state, status: 'PAUSED', suspended: state.status }
        : state,
    GigResumed: (state) => {
      if (!isThere(state) || !state.suspended) return state
      const { suspended: status, ...rest } = state
      return { ...rest, status }
    },
    GigMediaChanged: (state) => state,
    GigDeleted: (state) =>
      isThere(state) ? { status: 'DELETED', sellerId: state.sellerId } : state,
  },
})

/** A gig that exists and is not deleted. */
export type PresentGig = Exclude<State, { readonly status: 'NEW' | 'DELETED' }>

/** Returns whether a gig exists and is not deleted. */
export const isThere = (state: State): state is PresentGig =>
  state.status !== 'NEW' && state.status !== 'DELETED'

const sameList = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((one, nth) => one === others[nth])

/** Returns the details that change; undefined wishes leave them unchanged. */
const changesOf = (
  before: GigDetails,
  { title, description, category, tags, packages, mediaIds }: Partial<GigDetails>,
): Partial<GigDetails> => ({
  ...(title !== undefined && title !== before.title && { title }),
  ...(description !== undefined && description !== before.description && { description }),
  ...(category !== undefined && category !== before.category && { category }),
  ...(tags && !sameList(tags, before.tags) && { tags }),
  ...(packages && !samePackages(packages, before.packages) && { packages }),
  ...(mediaIds && !sameList(mediaIds, before.mediaIds) && { mediaIds }),
})
