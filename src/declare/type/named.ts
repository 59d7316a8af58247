export const typeNamed = (_name: string): undefined => undefined
