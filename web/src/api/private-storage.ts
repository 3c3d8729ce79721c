/**
 * What this browser keeps of a user beyond the page, as a text for each name. It outlives the end of a session, which may come
 * unasked, and is read for the same user only. A sign-out removes it, as does the sign-in of another user, and a start of the
 * pages a week later.
 */
export type PrivateStorage = {
  /** All texts of a user, by name. */
  readonly all: (userId: string) => ReadonlyMap<string, string>
  readonly get: (userId: string, name: string) => string | undefined
  /** @returns whether the text is stored */
  readonly put: (userId: string, name: string, text: string) => boolean
  readonly remove: (userId: string, name: string) => void
  /** Removes everything of a user. */
  readonly forget: (userId: string) => void
  /** Removes everything of all users but one. */
  readonly forgetOthers: (userId: string) => void
  /** Removes what was stored more than a week ago. */
  readonly forgetOld: () => void
}

const prefix = 'agora.private.'

/** Time after which a text is old, in ms. */
const oldAfter = 7 * 24 * 60 * 60_000

const prefixOf = (userId: string): string => `${prefix}${userId}.`

/** A text as it is stored: behind the time, in ms since 1970. */
const stamped = (text: string): string => `${Date.now()} ${text}`

const textIn = (value: string): string => value.slice(value.indexOf(' ') + 1)

/** Whether a stored text is old, or has no time. */
const isOld = (value: string): boolean => {
  const at = Number.parseInt(value, 10)
  return Number.isNaN(at) || at < Date.now() - oldAfter
}

/** Keeps texts in a storage of the browser. What cannot be stored, as it is full or switched off, is not kept. */
export const privateStorage = (
  storage: () => Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>,
): PrivateStorage => {
  const attempt = <T>(act: () => T): T | undefined => {
    try {
      return act()
    } catch {
      // Full, or switched off.
      return undefined
    }
  }
  const item = (key: string): string | undefined =>
    attempt(() => storage().getItem(key)) ?? undefined
  const drop = (key: string): void => attempt(() => storage().removeItem(key))
  /** Keys of the texts of all users. */
  const keys = (): readonly string[] =>
    attempt(() => {
      const all = storage()
      return Array.from({ length: all.length }, (_, at) => all.key(at) ?? '')
    })?.filter((key) => key.startsWith(prefix)) ?? []
  const keysOf = (userId: string): readonly string[] =>
    keys().filter((key) => key.startsWith(prefixOf(userId)))
  return {
    all: (userId) =>
      new Map(
        keysOf(userId).map(
          (key) => [key.slice(prefixOf(userId).length), textIn(item(key) ?? '')] as const,
        ),
      ),
    get: (userId, name) => {
      const value = item(`${prefixOf(userId)}${name}`)
      return value === undefined ? undefined : textIn(value)
    },
    put: (userId, name, text) =>
      attempt(() => {
        storage().setItem(`${prefixOf(userId)}${name}`, stamped(text))
        return true
      }) ?? false,
    remove: (userId, name) => drop(`${prefixOf(userId)}${name}`),
    forget: (userId) => {
      for (const key of keysOf(userId)) drop(key)
    },
    forgetOthers: (userId) => {
      for (const key of keys()) if (!key.startsWith(prefixOf(userId))) drop(key)
    },
    forgetOld: () => {
      for (const key of keys()) if (isOld(item(key) ?? '')) drop(key)
    },
  }
}

/** What this browser keeps of its users. */
export const kept = privateStorage(() => localStorage)

/** Calls back as another tab removes a text of a user. @returns ends it */
export const onRemovedElsewhere = (
  listener: (userId: string, name: string) => void,
): (() => void) => {
  const changed = ({ key, newValue }: StorageEvent): void => {
    if (newValue !== null || !key?.startsWith(prefix)) return
    const [userId = '', ...name] = key.slice(prefix.length).split('.')
    listener(userId, name.join('.'))
  }
  window.addEventListener('storage', changed)
  return () => window.removeEventListener('storage', changed)
}
