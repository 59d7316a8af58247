/**
 * Whether a spreadsheet would run the field: it begins with `=`, `+`, `-`, `@`, tab or CR, also in full width (OWASP, CSV Injection). A sign
 * before nothing but a number is a number.
 */
export function isFormula(field: string): boolean {
  return /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(field) && !/^[+-]\d[\d.,]*$/.test(field)
}
