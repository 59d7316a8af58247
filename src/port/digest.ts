/** SHA-256 of UTF-8 text as base64url without padding: 43 characters. Synchronous; the same text gives the same digest everywhere. */
export type Digest = (text: string) => string
