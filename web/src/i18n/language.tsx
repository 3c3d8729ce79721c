import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  type ReactNode,
} from 'react'

/** Languages of the pages. */
export const languages = ['en', 'de'] as const

/** A language of the pages (BCP 47). */
export type Language = (typeof languages)[number]

const key = 'agora.language'

const isLanguage = (text: string | null | undefined): text is Language =>
  languages.some((one) => one === text)

/** The chosen language; else the first of the browser's that there is, else English. */
const initial = (): Language => {
  const chosen = localStorage.getItem(key)
  if (isLanguage(chosen)) return chosen
  return navigator.languages.map((one) => one.slice(0, 2)).find(isLanguage) ?? 'en'
}

type Chosen = { readonly language: Language; readonly choose: (language: Language) => void }

const LanguageContext = createContext<Chosen>({ language: 'en', choose: () => {} })

/** Gives all components the language of the page. */
export const LanguageProvider = ({ children }: { readonly children: ReactNode }) => {
  const [language, setLanguage] = useState(initial)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const choose = useCallback((next: Language) => {
    localStorage.setItem(key, next)
    setLanguage(next)
  }, [])
  const chosen = useMemo(() => ({ language, choose }), [language, choose])
  return <LanguageContext value={chosen}>{children}</LanguageContext>
}

/** The language of the page, and how to choose another. */
export const useLanguage = (): Chosen => useContext(LanguageContext)

/** Texts of a feature: each a text, or a function of what stands in it. */
export type Texts = Readonly<Record<string, string | ((...values: never[]) => string)>>

/** Declares the texts of a feature in all languages: a missing one, or one with other parameters, is a type error. */
export const texts = <T extends Texts>(en: T, de: NoInfer<T>): Readonly<Record<Language, T>> => ({
  en,
  de,
})

/** Returns the texts of a feature in the language of the page. */
export const useTexts = <T,>(all: Readonly<Record<Language, T>>): T => all[useLanguage().language]
