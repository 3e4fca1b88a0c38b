/**
 * Which addresses a source may have: public ones, checked when a connection is made, so that no name leads inside.
 */
import { lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { SluiceError } from '../../core/errors.ts'

/** IANA's registries of special-purpose addresses (RFC 6890), and what translates to IPv4 inside IPv6. */
const special = {
  unspecified: '0.0.0.0/8 ::/128',
  loopback: '127.0.0.0/8 ::1/128',
  'link-local, where clouds keep metadata': '169.254.0.0/16 fe80::/10',
  metadata: 'fd00:ec2::/32 100.100.100.200/32 168.63.129.16/32',
  private: '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10',
  'shared (carrier-grade NAT)': '100.64.0.0/10',
  reserved:
    '192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 100::/64 2001:db8::/32 3fff::/20 5f00::/16 2001:2::/48',
  multicast: '224.0.0.0/4 ff00::/8',
  translated: '::/96 64:ff9b::/96 64:ff9b:1::/48 2002::/16 2001::/32',
}

const lists = Object.entries(special).map(([kind, subnets]) => {
  const list = new BlockList()
  for (const subnet of subnets.split(' ')) {
    const [network = '', prefix] = subnet.split('/')
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4')
  }
  return { kind, list }
})

/** Why an address is not public; null for one that is. IPv4 mapped into IPv6 counts as the IPv4 address. */
export function notPublic(address: string): string | null {
  const family = isIP(address)
  if (family === 0) return 'no address'
  return lists.find(({ list }) => list.check(address, family === 6 ? 'ipv6' : 'ipv4'))?.kind ?? null
}

/** Fails with SOURCE_REFUSED unless the URL is https and its host a name or a public address. */
export function expectPublic(url: URL): void {
  if (url.protocol !== 'https:') throw refused(url.host, `is asked for by ${url.protocol}//, but only https is allowed`)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const why = isIP(host) === 0 ? null : notPublic(host)
  if (why) throw refused(url.host, `is no public address: ${why}`)
}

/** Looks a name up and gives its addresses if all are public: the connection is made to what was checked. Fails with SOURCE_REFUSED. */
export function publicLookup(lookup: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : (found ?? [])
      const [first] = addresses
      if (error || !first) return callback(error ?? new Error('no address'), '')
      for (const { address } of addresses) {
        const why = notPublic(address)
        if (why) return callback(refused(hostname, `leads to ${address}, which is no public address: ${why}`), '')
      }
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
}

function refused(host: string, what: string): SluiceError {
  return new SluiceError('SOURCE_REFUSED', `the source's host ${host} ${what}; context sourceUrl can stand in for it`)
}
