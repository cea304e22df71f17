/** What a value parser answers: the value, or why nginx refuses the text. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  /** `reason` in nginx's words, without the value itself: `invalid value`, `invalid port`. */
  | { readonly ok: false; readonly reason: string };

export function accept<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
