import { styleText } from 'node:util'

/**
 * Colour for people. Node leaves the text as it is unless standard output is a terminal, and honours NO_COLOR (no-color.org) and
 * FORCE_COLOR.
 */
export const paint = {
  good: (text: string): string => styleText('green', text),
  bad: (text: string): string => styleText('red', text),
  warn: (text: string): string => styleText('yellow', text),
  dim: (text: string): string => styleText('dim', text),
  strong: (text: string): string => styleText('bold', text),
} as const
