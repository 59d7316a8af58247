import type { Arrival, Door } from '../../serve/gateway/arrival.ts'

export interface Knock {
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** One request at a door of the gateway, without the socket: all that is behind node:http runs as it is. */
export async function knock(door: Door, { url, headers, body }: Knock): Promise<{ status: number; text: string }> {
  const answer = { status: 0, text: '' }
  const response = {
    destroyed: false,
    shouldKeepAlive: true,
    writeHead: (status: number) => {
      answer.status = status
    },
    end: (text: string) => {
      answer.text = text
    },
  }
  const request = { door, response, headers, url, method: 'POST', answered: false, heldBytes: 0 }
  door.load.active++
  await door.receive(request as unknown as Arrival, Buffer.from(body.buffer, body.byteOffset, body.byteLength))
  return answer
}
