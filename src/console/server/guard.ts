/**
 * Who may ask: only pages of this console, on this machine. Against DNS rebinding, cross-site requests and framing.
 */
import { timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

/** The header that carries the token of a change. */
export const tokenHeader = 'x-sluice-token'

/** Everything comes from the console itself: no inline script or style, no frame, nothing from outside. */
export const securityHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    fontSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
  },
  crossOriginResourcePolicy: 'same-origin',
  crossOriginOpenerPolicy: 'same-origin',
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
  strictTransportSecurity: false,
})

/** Answers 403 to a Host that is not this server, and to an Origin that is not its own. */
export function sameOrigin(port: () => number): MiddlewareHandler {
  return async (context, next) => {
    const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port()}`)
    const host = context.req.header('host') ?? ''
    const origin = context.req.header('origin')
    const isSame = hosts.includes(host) && (origin === undefined || origin === `http://${host}`)
    // A page of another site that asks without an Origin, as an image does.
    const isCross = ['cross-site', 'same-site'].includes(context.req.header('sec-fetch-site') ?? '')
    const isNavigation = context.req.header('sec-fetch-mode') === 'navigate' && context.req.method === 'GET'
    if (isSame && (!isCross || isNavigation)) return next()
    return context.json({ code: 'REFUSED', message: 'only pages of this console may ask', remedy: null }, 403)
  }
}

/** Answers 403 to anything but a reading request that does not carry the token. */
export function withToken(token: string): MiddlewareHandler {
  const expected = Buffer.from(token)
  return async (context, next) => {
    if (['GET', 'HEAD'].includes(context.req.method)) return next()
    const given = Buffer.from(context.req.header(tokenHeader) ?? '')
    if (given.length === expected.length && timingSafeEqual(given, expected)) return next()
    return context.json(
      { code: 'TOKEN_REFUSED', message: 'the token of the change is missing or old', remedy: 'load the page again' },
      403,
    )
  }
}
