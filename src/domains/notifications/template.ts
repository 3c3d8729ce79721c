/** Words of a notification, with the places of its values in braces: `{price}`. */
export type Template = {
  readonly subject: string
  readonly text: string
  /** The whole text message, where the subject and the text would be too long for one. */
  readonly sms?: string
  /** Subject of several that were gathered into one: `{count} new messages`. */
  readonly several?: string
  /** Words for the values that are codes, by value name and code; other values stand for themselves. */
  readonly words?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** The templates of a language, by name: the type of the notification, and after a dot what tells two of one type apart. */
export type Templates = Readonly<Record<string, Template>>
