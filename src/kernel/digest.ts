import { hash } from 'node:crypto'

/** The fingerprint of a text, where an id must not show what it stands for: SHA-256 (FIPS 180-4), 64 hex digits. */
export const digest = (text: string): string => hash('sha256', text, 'hex')
