export function checkPattern(_pattern: string, _at: string): void {}
