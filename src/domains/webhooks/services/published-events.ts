import type { Published, RecordedEvent } from '#kernel'
import { cloudEventsOf, typeOf, type PublishedBy } from '../../../runtime/cloud-event.ts'
import { published as catalog } from '../../catalog/published.ts'
import { published as gigs } from '../../gigs/published.ts'
import { published as identity } from '../../identity/published.ts'
import { published as inventory } from '../../inventory/published.ts'
import { published as media } from '../../media/published.ts'
import { published as ordering } from '../../ordering/published.ts'
import { published as payments } from '../../payments/published.ts'
import { published as posts } from '../../posts/published.ts'
import { published as profiles } from '../../profiles/published.ts'
import { published as reviews } from '../../reviews/published.ts'
import { published as shipping } from '../../shipping/published.ts'

/** An event that webhooks may be subscribed to, with its name outside of Agora. */
export type Subscribable = PublishedBy & {
  /** `agora.posts.PostCreated.v1`. */
  readonly name: string
  /** Returns the body of a request, without personal fields; undefined when this event is not published. */
  readonly bodyOf: (event: RecordedEvent) => string | undefined
}

/** Personal fields are left out for every endpoint. */
const noPersonal: ReadonlySet<string> = new Set()

const subscribableFrom = (one: PublishedBy): Subscribable => {
  const messageOf = cloudEventsOf(one, noPersonal)
  return { ...one, name: typeOf(one), bodyOf: (event) => messageOf(event)?.body.toString() }
}

const contexts: Readonly<Record<string, readonly Published[]>> = {
  identity,
  profiles,
  catalog,
  inventory,
  gigs,
  ordering,
  payments,
  shipping,
  reviews,
  posts,
  media,
}

/** All events that webhooks may be subscribed to: those that contexts publish. */
export const subscribable: readonly Subscribable[] = Object.entries(contexts).flatMap(
  ([context, published]) => published.map((one) => subscribableFrom({ ...one, context })),
)

/** The same by the types of recorded events. */
export const subscribableByEvent: ReadonlyMap<string, Subscribable> = new Map(
  subscribable.map((one) => [one.event, one]),
)

/** The same by their names. */
export const subscribableByName: ReadonlyMap<string, Subscribable> = new Map(
  subscribable.map((one) => [one.name, one]),
)
