export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** 256 bits. Not `crypto.randomUUID`, which is missing on plain-http origins. */
export const randomToken = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));
