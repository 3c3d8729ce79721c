import { Type } from 'typebox'
import { derivedId, Fields, isRefusal, type CommandOf, type ReasonOf, type Refusal } from '#kernel'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { restingOn, type Look } from '../../../runtime/resting-on.ts'
import { mustOwn, type Caller } from '../../../serving/caller.ts'
import { forbidden, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { account } from '../../identity/language.ts'
import { mustOwnMedia } from '../../media/services/own-media.ts'
import { GigId, type MediaId } from '../../shared/index.ts'
import { gig } from '../language.ts'
import { changed, Gig, present } from '../services/gig-answer.ts'

const params = Fields({ id: GigId })

const { sellerId: _, ...offered } = gig.commands.CreateGig.properties

const basic = {
  name: 'Basic',
  description: 'One proposal',
  price: { amount: 5_000, currency: 'EUR' },
  deliveryDays: 3,
  revisions: 1,
}

const example = {
  title: 'A logo for your workshop',
  description: 'Drawn by hand, delivered as SVG and PNG.',
  category: 'design',
  tags: ['logo', 'vector'],
  packages: [
    basic,
    {
      ...basic,
      name: 'Plus',
      description: 'Three proposals',
      price: { amount: 12_000, currency: 'EUR' },
    },
  ],
}

/** Refusals that are about the packages. */
const aboutPackages: Readonly<Partial<Record<ReasonOf<typeof gig>, string>>> = {
  SamePackageName: 'must have different names',
  MixedPackageCurrencies: 'must have prices in one currency',
}

const problemOf = (refusal: Refusal<ReasonOf<typeof gig>>) => {
  const message = aboutPackages[refusal.refused]
  return refusalProblem(
    gig,
    refusal,
    message === undefined ? {} : { errors: [{ field: 'packages', message }] },
  )
}

/** A request to change a gig. */
type Change = {
  readonly params: { readonly id: GigId }
  readonly caller: Caller
  readonly origin: Origin
  readonly expecting: { readonly expectedRevision?: number }
}

/**
 * Changes a gig of the caller.
 * @param options.prepare checks what the change rests on
 * @throws Problem 404 when there is no such gig, 403 when it belongs to another seller, or when the command is refused
 */
const change = async (
  { params: { id }, caller, origin, expecting }: Change,
  executor: Executor,
  command: CommandOf<typeof gig>,
  { prepare = () => undefined }: { readonly prepare?: (look: Look) => void | Promise<void> } = {},
) => {
  const { state } = await executor.stateOf(gig, id)
  // Not even an admin speaks for a seller.
  if (present(state).sellerId !== caller.id) throw forbidden()
  const answer = await restingOn(executor, prepare, (_, bases) =>
    executor.execute(gig, id, command, origin, { ...expecting, bases }),
  )
  if (isRefusal(answer)) throw problemOf(answer)
  return changed(id, answer)
}

/** A gig is shown by pictures and videos of its seller. @throws Problem 404, 400, 409 naming the field */
const mustOwnPictures = async (
  executor: Executor,
  { id }: Pick<Caller, 'id'>,
  mediaIds: readonly MediaId[] = [],
): Promise<void> => mustOwnMedia(executor, id, mediaIds, 'mediaIds', { kinds: ['image', 'video'] })

/** Routes that change gigs. */
export const changeRoutes = [
  route({
    method: 'POST',
    url: '/gigs',
    access: 'seller',
    operationId: 'createGig',
    summary: 'Create a gig, as a draft',
    body: Fields(offered),
    example,
    data: Gig,
    status: 201,
    problems: [404],
    handle: async ({ body, caller, origin }, { executor }) => {
      const id = derivedId(GigId, origin.commandId, 'gig')
      const data = { sellerId: caller.id, ...body }
      await mustOwnPictures(executor, caller, body.mediaIds)
      const answer = await executor.execute(gig, id, { type: 'CreateGig', data }, origin)
      if (isRefusal(answer)) throw problemOf(answer)
      return { ...changed(id, answer), location: `/gigs/${id}` }
    },
  }),

  route({
    method: 'PATCH',
    url: '/gigs/:id',
    access: 'user',
    operationId: 'updateGig',
    summary: 'Change details of my gig; omitted ones stay unchanged',
    params,
    body: gig.commands.UpdateGig,
    example: { title: 'A logo for your company', packages: [basic] },
    data: Gig,
    problems: [404],
    guarded: true,
    handle: (asked, { executor }) =>
      change(
        asked,
        executor,
        { type: 'UpdateGig', data: asked.body },
        { prepare: () => mustOwnPictures(executor, asked.caller, asked.body.mediaIds) },
      ),
  }),

  route({
    method: 'POST',
    url: '/gigs/:id/publish',
    access: 'seller',
    operationId: 'publishGig',
    summary: 'Offer my gig to buyers',
    params,
    data: Gig,
    problems: [404],
    guarded: true,
    handle: (asked, { executor }) =>
      change(
        asked,
        executor,
        { type: 'PublishGig', data: {} },
        {
          // A token may be a moment older than the suspension, which suspends the gigs that are published by then.
          prepare: async (look) => {
            if ((await look(account, asked.caller.id)).status === 'suspended') throw forbidden()
          },
        },
      ),
  }),

  route({
    method: 'POST',
    url: '/gigs/:id/pause',
    access: 'user',
    operationId: 'pauseGig',
    summary: 'Accept no more orders of my gig for now',
    description: 'A paused gig is in no list or search, but can still be read by its id.',
    params,
    data: Gig,
    problems: [404, 409],
    guarded: true,
    handle: (asked, { executor }) => change(asked, executor, { type: 'PauseGig', data: {} }),
  }),

  route({
    method: 'DELETE',
    url: '/gigs/:id',
    access: 'user',
    operationId: 'deleteGig',
    summary: 'Withdraw a gig for good',
    params,
    data: Type.Object({ id: GigId, deleted: Type.Literal(true) }),
    problems: [404],
    guarded: true,
    handle: async ({ params: { id }, caller, origin, expecting }, { executor }) => {
      const { state } = await executor.stateOf(gig, id)
      if (state.status === 'NEW') throw notFound('gig')
      mustOwn(caller, state.sellerId)
      const command = { type: 'DeleteGig' as const, data: {} }
      const answer = await executor.execute(gig, id, command, origin, expecting)
      if (isRefusal(answer)) throw problemOf(answer)
      const { position, revision } = answer
      return { data: { id, deleted: true as const }, position, revision }
    },
  }),
]
