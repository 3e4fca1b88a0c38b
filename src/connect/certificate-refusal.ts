/**
 * What is wrong with the certificate that a server shows, by the code of Node's TLS; the same for every service.
 */
const untrusted =
  'shows a certificate of an authority that is not trusted: trust the authority that signed it, or give the server a certificate of a trusted one'

/** Codes of OpenSSL's verification, and Node's own. */
const refusals: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: 'shows a certificate that has expired: renew it',
  CERT_NOT_YET_VALID: 'shows a certificate that is not valid yet: set the clocks, or renew it',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'shows a certificate for another host name: use a name that the certificate holds, or a certificate with this one',
}

/** What the server does and the remedy, to be read behind its name; undefined for a code of another kind. */
export function certificateRefusal(code: string): string | undefined {
  return Object.hasOwn(refusals, code) ? refusals[code] : undefined
}
