import { useEffect, useSyncExternalStore } from 'react'
import type { germanFault, germanRefusal } from './german-sentences.ts'
import { useLanguage } from './language.tsx'

type German = {
  readonly germanFault: typeof germanFault
  readonly germanRefusal: typeof germanRefusal
}

let german: German | undefined
let loading: Promise<void> | undefined
const listeners = new Set<() => void>()

/** Loads the German of the API's sentences, which no other language needs. Until then, and without it, they stay English. */
const load = (): void => {
  loading ??= import('./german-sentences.ts').then(
    (loaded) => {
      german = loaded
      for (const listener of listeners) listener()
    },
    () => {
      loading = undefined
    },
  )
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Sentences of the API in the language of the page; those without a translation stay English. */
export type ServerTexts = {
  /** The fault of a field, which continues its name. */
  readonly fault: (message: string) => string
  /** Why a request was refused. */
  readonly refusal: (detail: string) => string
}

/** Returns how the API's sentences are shown in the language of the page. */
export const useServerTexts = (): ServerTexts => {
  const { language } = useLanguage()
  const loaded = useSyncExternalStore(subscribe, () => german)
  useEffect(() => {
    if (language === 'de') load()
  }, [language])
  const texts = language === 'de' ? loaded : undefined
  return {
    fault: (message) => texts?.germanFault(message) ?? message,
    refusal: (detail) => texts?.germanRefusal(detail) ?? detail,
  }
}
