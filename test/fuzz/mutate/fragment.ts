/** Numbers at which something ends: bits, doubles, the types of others; and spellings that readers take differently. */
export const NUMBERS: readonly string[] = [
  ...'0 -0 1 -1 9 10 127 128 255 256 65535 65536 2147483647 2147483648 -2147483649 4294967295 4294967296'.split(' '),
  ...'9007199254740991 9007199254740992 9007199254740993 18446744073709551616 1e21 1e308 1e309 -1e309 1e-400'.split(
    ' ',
  ),
  ...'0.1 0.5 1.0 1e3 00 01 +1 1_000 0x10 NaN Infinity'.split(' '),
  '9'.repeat(30),
  '9'.repeat(400),
]

const BLANK = ['', '  ', '\r\n', ...' \t\n\r\xa0\u2028']
const CONTROL = ['\x1b[2J', ...'\0\x01\x7f\x85\u202e\ufeff']
const BEYOND_ASCII = ['\ud800', '\udfff', ...'éßİ😀']
const PUNCTUATION = ['//', '..', '../', ',,', '==', '[]', '{}', ...'"\'`\\/:;,=&?#%+-.{}[]()<>$*|^~@']
const ESCAPES = ['\\"', '\\u', '\\u0000', '\\ud800', '\\u005f_proto__', '%0', '%00', '%C0%80', '%2F']
const NAMES = '__proto__ constructor prototype toString valueOf hasOwnProperty length null undefined true false'.split(
  ' ',
)
const OF_SCHEMES = ['Bearer ', 'v1=', 'v1,', 't=', 'sha256=']

/** Pieces at which readers of text stumble. */
export const TEXTS: readonly string[] = [
  ...BLANK,
  ...CONTROL,
  ...BEYOND_ASCII,
  ...PUNCTUATION,
  ...ESCAPES,
  ...NAMES,
  ...OF_SCHEMES,
]

/** Bytes that are no UTF-8, one character for each byte: overlong forms, halves, what never occurs; and the byte order mark. */
export const BYTES: readonly string[] =
  '\xff \xfe \xc0\x80 \xc3 \xe2\x82 \xed\xa0\x80 \xf4\x90\x80\x80 \xf8\x88\x80\x80\x80 \x80 \xbf \xef\xbb\xbf \xc3\xa9 \xf0\x9f\x98\x80'.split(
    ' ',
  )
