/** How an HTTP request carries CloudEvents. `other`: an event format that is not JSON. */
export type ContentMode = 'binary' | 'structured' | 'batch' | 'other'

/**
 * The content mode that a media type says (CloudEvents 1.0.2, HTTP Protocol Binding, section 3). The batch type is looked at first: it
 * begins like the structured one.
 * @param mediaType in lower case, without parameters
 */
export function contentMode(mediaType: string): ContentMode {
  if (mediaType.startsWith('application/cloudevents-batch')) {
    return mediaType === 'application/cloudevents-batch+json' ? 'batch' : 'other'
  }
  if (mediaType.startsWith('application/cloudevents')) {
    return mediaType === 'application/cloudevents+json' || mediaType === 'application/cloudevents'
      ? 'structured'
      : 'other'
  }
  return 'binary'
}
