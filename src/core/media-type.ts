/** A `Content-Type` without its parameters, in lower case. */
export function mediaTypeOf(contentType: string): string {
  const parameters = contentType.indexOf(';')
  return (parameters < 0 ? contentType : contentType.slice(0, parameters)).trim().toLowerCase()
}

/** Whether a media type means JSON: `application/json`, `text/json`, `application/vnd.x+json`. */
export function isJsonType(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType === 'text/json' || mediaType.endsWith('+json')
}

/**
 * Whether data of this content type is JSON; it is where none is said (CloudEvents 1.0.2, JSON format, 3.1). The door that reads data and the
 * worker that reads it again from the store both ask here, so that they see the same.
 */
export function holdsJson(contentType: string | undefined): boolean {
  const mediaType = mediaTypeOf(contentType ?? '')
  return mediaType === '' || isJsonType(mediaType)
}
