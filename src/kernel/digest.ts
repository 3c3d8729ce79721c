import { hash } from 'node:crypto'

/** Returns the SHA-256 (FIPS 180-4) of a text, 64 hex digits, for ids that must not show their source. */
export const digest = (text: string): string => hash('sha256', text, 'hex')
