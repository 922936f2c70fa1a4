// Who a caller without a token is: the address that our own proxies saw, and nothing that a client says of itself.
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createAddressOf } from '../../src/http/address.js';

const addressOf = (proxies: number, remoteAddress: string | undefined, forwarded?: string | string[]) =>
  createAddressOf(proxies)({
    socket: { remoteAddress },
    headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
  } as unknown as IncomingMessage);

test.each<[string, number, string | undefined, string | string[] | undefined, string]>([
  ['without a proxy, the peer', 0, '203.0.113.9', undefined, '203.0.113.9'],
  ['without a proxy, whatever it claims', 0, '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['one proxy: who came to it', 1, '10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['one proxy: not what was claimed before it', 1, '10.0.0.1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['two proxies', 2, '10.0.0.1', '198.51.100.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['headers given twice are one list', 1, '10.0.0.1', ['198.51.100.1', '203.0.113.9'], '203.0.113.9'],
  ['all are believed', Number.POSITIVE_INFINITY, '10.0.0.1', '203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['fewer than there should be', 3, '10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['a proxy that said nothing', 1, '10.0.0.1', undefined, '10.0.0.1'],
  ['a proxy that said nonsense', 1, '10.0.0.1', 'unknown', '10.0.0.1'],
  ['a proxy that names the port', 1, '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
  ['IPv6 with a port', 1, '10.0.0.1', '[2001:db8:1:2:3:4:5:6]:4711', '2001:db8:1:2::/64'],
  ['IPv4 in IPv6', 0, '::ffff:203.0.113.9', undefined, '203.0.113.9'],
  ['IPv6: its network', 0, '2001:DB8::1', undefined, '2001:db8:0:0::/64'],
  ['IPv6 of this machine', 0, '::1', undefined, '0:0:0:0::/64'],
  ['IPv6 with a zone', 0, 'fe80::1%eth0', undefined, 'fe80:0:0:0::/64'],
  ['a socket that has gone', 0, undefined, undefined, ''],
])('%s', (_, proxies, remote, forwarded, address) => {
  expect(addressOf(proxies, remote, forwarded)).toBe(address);
});

test('two addresses of one network of IPv6 are one caller, those of two are not', () => {
  const [one, other, neighbour] = ['2001:db8:0:1::1', '2001:db8:0:1:ffff::', '2001:db8:0:2::1'].map(
    (address) => addressOf(0, address),
  );
  expect(one).toBe(other);
  expect(neighbour).not.toBe(one);
});
