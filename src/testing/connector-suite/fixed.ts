/** When every law takes place. */
export const NOW_MS: number = Date.UTC(2026, 0, 1)
export const KEY = 'tieline-effect-key-1'
/** A token of a connector with a `credential`. */
export const TOKEN = 'made-up-access-token-7f3a9c51'
