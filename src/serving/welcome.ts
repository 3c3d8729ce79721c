import type { Messages } from './message.ts'
import type { AskContext, Fresh, Missed, MissedRange } from './questions.ts'
import type { AnyTopic, MessageOf } from './topic.ts'

/** A message that each socket receives when it connects: the state of its user, as fresh as the topic's last push. */
export type Welcome<Server extends Messages['server'], State extends Fresh> = {
  readonly topic: AnyTopic & { readonly server: Server }
  /** Reads the state, as fresh as `minPosition`; called again while the state is older than a push under way. */
  readonly read: (context: AskContext & { readonly minPosition: bigint }) => Promise<State>
  readonly tell: (state: State) => MessageOf<Server>
}

/** A welcome, its types erased. */
export type AnyWelcome = {
  readonly topic: AnyTopic
  readonly read: (context: AskContext & { readonly minPosition: bigint }) => Promise<Fresh>
  readonly tell: (state: never) => { readonly name: string; readonly payload: unknown }
}

/** Declares a message that each socket receives when it connects. */
export const welcome = <Server extends Messages['server'], State extends Fresh>(
  declaration: Welcome<Server, State>,
): AnyWelcome => declaration

/**
 * Makes a channel gap-free for the room of each user: a client that connects with the position of its last message, as
 * `auth.afterPosition`, is sent each later one of the room once, in order. The messages of the topic name `at`.
 */
export type Resumption = {
  readonly topic: AnyTopic
  /** Reads the messages of the user's room that the socket has missed. */
  readonly missed: (context: AskContext & MissedRange) => Promise<Missed>
  /** Name of the message that comes first: the position after which all follow, and whether some were skipped. */
  readonly told: string
}

/** Declares that sockets may connect with the position of their last message. */
export const resumption = (declaration: Resumption): Resumption => declaration
