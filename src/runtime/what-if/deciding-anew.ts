import { isRefusal, type Catalogue, type Message } from '#kernel'
import { isAnswer, sameAnswer, type Answer } from './answers.ts'
import { decided } from './reproduce.ts'
import type { triedStreams, TriedStream } from './tried-streams.ts'

type Context = { readonly now: string; readonly by: string }

/** Dependencies of `decidingAnew`. */
type Deps = {
  readonly streams: Pick<
    ReturnType<typeof triedStreams>,
    'ruleOf' | 'installedRuleOf' | 'isChanged'
  >
  readonly catalogue: Pick<Catalogue, 'streamTold' | 'problemWith'>
  /** Called with what a rule did wrong, and the error that it threw, if it did. */
  readonly onProblem: (sentence: string, error?: unknown) => void
}

/** Decides commands by the rules that are tried, in the state that streams have under them. */
export const decidingAnew = ({ streams, catalogue, onProblem }: Deps) => ({
  /** Decides a command. @returns undefined when a rule fails, which is reported */
  answerOf: (one: TriedStream, command: Message, context: Context): Answer | undefined => {
    const rule = streams.ruleOf(one.stream)
    let answer: Answer
    try {
      answer = rule.decide(one.changed as never, command as never, context)
      if (!isAnswer(answer)) throw new TypeError('it must return a list of events, or a refusal')
    } catch (error) {
      onProblem(`${command.type} to ${catalogue.streamTold(one.stream)} cannot be decided`, error)
      return undefined
    }
    if (isRefusal(answer)) return answer
    for (const { type, data } of answer) {
      const wrong = Object.hasOwn(rule.events, type)
        ? catalogue.problemWith(type, data)
        : `${type} is no event of ${rule.name}`
      if (wrong === undefined) continue
      onProblem(`${command.type} leads to an event that does not match its schema: ${wrong}`)
      return undefined
    }
    return answer
  },

  /** Whether an answer is one that the installed rules would not have given in the same state. */
  becauseOf: (
    one: TriedStream,
    command: Message,
    context: Context,
    answer: Answer,
  ): 'rules' | 'consequence' => {
    if (!streams.isChanged(one.stream)) return 'consequence'
    const usual = decided(streams.installedRuleOf(one.stream), one.changed, command, context)
    return usual && sameAnswer(usual, answer, 0) ? 'consequence' : 'rules'
  },
})
