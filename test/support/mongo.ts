/** The server that TEST_MONGO_URL names: a MongoDB, or one that speaks its wire protocol. Empty where there is none. */
export const mongoUrl = process.env.TEST_MONGO_URL ?? ''

/** Whether there is one; without it, tests that need it are reported as skipped. */
export const hasMongo = mongoUrl !== ''

/** Added to the name of what is skipped without it. */
export const needsMongo = hasMongo ? '' : ' (skipped: TEST_MONGO_URL names no server)'
