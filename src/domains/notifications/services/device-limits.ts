/** Most browsers of a user. */
export const mostBrowsers = 20

/** Most telephones of a user. */
export const mostPhones = 3
