/** How far a runtime is: `GET /admin/v1/status`, as far as it is read here. */
export interface Status {
  readonly accepted: number
  readonly delivered: number
  readonly pending: number
}

export async function statusOf(url: string): Promise<Status> {
  return (await (await fetch(url)).json()) as Status
}

export const tielineStatus = (url: string): string => `${url}/admin/v1/status`
