/**
 * Where a source is: what stands in for it, and whether a URL is inside a private network or out on the internet.
 */
import { BlockList, isIP } from 'node:net'
import type { Pipeline } from '../src/core/pipeline.ts'

/** The URL of what stands in for a pipeline's source: below a base URL, at its path of the bundled source or else its name. */
export function standIn(baseUrl: string, pipeline: Pipeline): string {
  return baseUrl.replace(/\/$/, '') + pathOf(pipeline)
}

/** Where below a base URL a pipeline's source is. */
export function pathOf({ name, source }: Pipeline): string {
  return source.bundled ?? `/${name}`
}

/** RFC 1918, RFC 6598 and, for IPv6, RFC 4193. */
const privateAddresses = new BlockList()
privateAddresses.addSubnet('10.0.0.0', 8)
privateAddresses.addSubnet('172.16.0.0', 12)
privateAddresses.addSubnet('192.168.0.0', 16)
privateAddresses.addSubnet('100.64.0.0', 10)
privateAddresses.addSubnet('fc00::', 7, 'ipv6')

/** Names that are answered inside a VPC only: EC2's and private hosted zones', and interface endpoints'. */
const privateNames = /(\.internal|\.vpce\.amazonaws\.com)$/

/** Whether a VPC reaches the URL's host without a way to the internet. */
export function isInside(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  if (family === 0) return privateNames.test(host)
  return privateAddresses.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

/** The port of a URL, its scheme's own included. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url)
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}
