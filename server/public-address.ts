/** Tells a public internet address from one of this machine, this network, or reserved for something else. */
import { BlockList, isIP } from 'node:net';

/** Not globally reachable, or multicast. Source: IANA IPv4 Special-Purpose Address Registry; RFC 1112 (224/4, 240/4). */
const CLOSED_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Inside 2000::/3, the only part given out for the public internet. Source: IANA IPv6 Special-Purpose Address Registry. */
const CLOSED_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

/** @returns a check for one literal address; anything that is no address is not public */
export function createPublicAddressCheck(): (address: string) => boolean {
  const closed = new BlockList();
  for (const [net, prefix] of CLOSED_IPV4) closed.addSubnet(net, prefix, 'ipv4');
  for (const [net, prefix] of CLOSED_IPV6) closed.addSubnet(net, prefix, 'ipv6');
  const global = new BlockList();
  global.addSubnet('2000::', 3, 'ipv6');

  return (address) => {
    const family = isIP(address);
    if (family === 4) return !closed.check(address, 'ipv4');
    // IPv4 written as IPv6 (::ffff:10.0.0.1, 64:ff9b::/96) lies outside 2000::/3 and is refused with the rest.
    return family === 6 && global.check(address, 'ipv6') && !closed.check(address, 'ipv6');
  };
}
