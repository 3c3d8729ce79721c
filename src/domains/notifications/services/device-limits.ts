/** Most browsers of a user. */
export const mostBrowsers = 20

/** Most telephones of a user. */
export const mostPhones = 3

/** Most registrations of browsers by a user in a day: each may name a server that push messages then go to. */
export const mostRegistrations = 50

/** Most codes that a user may ask for in a day. */
export const mostCodes = 5

/** Most codes that a telephone gets in a day, whoever asks for them. */
export const mostCodesOfNumber = 3

/** Most codes of all users in an hour. */
export const mostCodesInAll = 200

/** Most wrong codes for a telephone in a day. */
export const mostTries = 10
