import { expect, test } from 'vitest';
import { createClientAddresses } from './client-address.ts';

const from = (trusted: readonly string[], peer: string, forwarded?: string): string =>
  createClientAddresses(trusted).of({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress: peer } as never,
  });

test('nobody is believed unless configured', () => {
  expect(from([], '10.0.0.1', '1.2.3.4')).toBe('10.0.0.1');
  expect(from(['192.168.0.0/16'], '10.0.0.1', '1.2.3.4')).toBe('10.0.0.1');
});

test('the rightmost hop that is no trusted proxy counts', () => {
  const trusted = ['10.0.0.0/8', 'fd00::/8', '192.0.2.7'];
  expect(from(trusted, '10.0.0.1', '1.2.3.4')).toBe('1.2.3.4');
  expect(from(trusted, '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.9.9.9')).toBe('1.2.3.4');
  expect(from(trusted, 'fd00::1', '6.6.6.6 , 2001:db8::5,192.0.2.7')).toBe('2001:db8::5');
  expect(from(trusted, '::ffff:10.0.0.1', '::ffff:1.2.3.4')).toBe('1.2.3.4');
  expect(from(trusted, '192.0.2.8', '1.2.3.4')).toBe('192.0.2.8');
});

test('without a usable hop it is the last proxy', () => {
  const trusted = ['10.0.0.0/8'];
  expect(from(trusted, '10.0.0.1')).toBe('10.0.0.1');
  expect(from(trusted, '10.0.0.1', '10.0.0.2, 10.0.0.3')).toBe('10.0.0.2');
  expect(from(trusted, '10.0.0.1', 'unknown, 10.0.0.3')).toBe('10.0.0.3');
  expect(from(trusted, '10.0.0.1', '1.2.3.4:5678')).toBe('10.0.0.1');
  expect(from(trusted, '10.0.0.1', '')).toBe('10.0.0.1');
});

test('what is no network is refused', () => {
  for (const text of ['10.0.0.0/33', 'proxy.local', '10.0.0.0/8/8', '10.0.0.0/', '::1/129', ''])
    expect(() => createClientAddresses([text]), text).toThrow(RangeError);
});
