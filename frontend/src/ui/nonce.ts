/** The nonce with which the page's security policy permits style elements of its scripts. */
export const styleNonce =
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

// The library that locks scrolling behind dialogs reads it here.
Object.assign(globalThis, { __webpack_nonce__: styleNonce })
