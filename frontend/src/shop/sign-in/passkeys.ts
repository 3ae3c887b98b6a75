import { call } from '../../api/client'

// Passkeys are bound to the name of a host. An address, such as 127.0.0.1, has none.
const IP_ADDRESS = /^[\d.]+$|:/

/** Return whether passkeys work here: in this browser, and at this address of the shop. */
export function canUsePasskeys(): boolean {
  return (
    !IP_ADDRESS.test(window.location.hostname) &&
    typeof PublicKeyCredential !== 'undefined' &&
    'parseRequestOptionsFromJSON' in PublicKeyCredential &&
    'parseCreationOptionsFromJSON' in PublicKeyCredential
  )
}

/** Have the browser prove a passkey. Returns null when the person cancels. */
export async function provePasskey() {
  const { challengeId, options } = await call('POST /auth/passkeys/sign-in/options')
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(requestOptions(options))
  const credential = await ask(() => navigator.credentials.get({ publicKey }))
  return credential === null ? null : { challengeId, credential }
}

/** Have the browser create a passkey and register it. Returns null when the person cancels. */
export async function addPasskey(name: string) {
  const { challengeId, options } = await call('POST /auth/passkeys/register/options')
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(creationOptions(options))
  const credential = await ask(() => navigator.credentials.create({ publicKey }))
  if (credential === null) return null
  return call('POST /auth/passkeys/register', { body: { challengeId, credential, name } })
}

async function ask(
  request: () => Promise<Credential | null>,
): Promise<Record<string, unknown> | null> {
  try {
    const credential = await request()
    return credential instanceof PublicKeyCredential ? { ...credential.toJSON() } : null
  } catch (error) {
    // The person closed the dialog, or the browser knows no passkey of this shop.
    if (error instanceof DOMException && error.name === 'NotAllowedError') return null
    throw error
  }
}

// The server sends the options as WebAuthn's own JSON; the description of the API only says object.
function requestOptions(options: Record<string, unknown>): PublicKeyCredentialRequestOptionsJSON {
  if (!isRequestOptions(options)) throw new TypeError('The passkey options have no challenge')
  return options
}

function creationOptions(options: Record<string, unknown>): PublicKeyCredentialCreationOptionsJSON {
  if (!isCreationOptions(options)) throw new TypeError('The passkey options have no challenge')
  return options
}

function isRequestOptions(options: object): options is PublicKeyCredentialRequestOptionsJSON {
  return 'challenge' in options
}

function isCreationOptions(options: object): options is PublicKeyCredentialCreationOptionsJSON {
  return 'challenge' in options && 'user' in options && 'rp' in options
}
