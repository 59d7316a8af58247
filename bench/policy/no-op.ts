// What is inside of every chain, alone.
export const call = async (): Promise<unknown> => undefined
