import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { TLS } from '../../test/qradar-console.ts';
import { createSyslogSender, SyslogSendError } from './send.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const pem = (name: string) => readFileSync(new URL(`../../test/tls/${name}.pem`, import.meta.url), 'utf8');
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as SyslogSendError,
  );

/** Keeps what it is sent. `onData`: what a collector in trouble does. */
async function listen(kind: 'tcp' | 'tls', onData?: (end: () => void) => void) {
  const seen: string[] = [];
  const take = (socket: import('node:net').Socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      seen.push(data.toString('utf8'));
      onData?.(() => socket.resetAndDestroy());
    });
    closers.push(() => socket.destroy());
  };
  const server: Server =
    kind === 'tls' ? createTlsServer({ cert: pem('server'), key: pem('server-key') }, take) : createServer(take);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, text: () => seen.join('') };
}

describe('a syslog sender', () => {
  it.each(['tcp', 'tls'] as const)('hands over one message a line by %s', async (protocol) => {
    const { port, text } = await listen(protocol);
    const sender = createSyslogSender({ host: '127.0.0.1', port, protocol, ca: TLS.ca });
    await sender.send(['<134>1 a', '<134>1 ü']);
    await sender.send(['<134>1 c']);
    await sender.send([]);
    expect(text()).toBe('<134>1 a\n<134>1 ü\n<134>1 c\n');
  });

  it('sends a datagram a message by UDP', async () => {
    const socket = createSocket('udp4');
    const seen: string[] = [];
    socket.on('message', (data) => seen.push(data.toString()));
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    closers.push(() => socket.close());
    await createSyslogSender({ host: '127.0.0.1', port: socket.address().port, protocol: 'udp' }).send(['a', 'b']);
    await expect.poll(() => seen).toEqual(['a', 'b']);
  });

  it('trusts only the authority it was given', async () => {
    const { port, text } = await listen('tls');
    for (const ca of [undefined, TLS.stranger]) {
      const error = await errorOf(
        createSyslogSender({ host: '127.0.0.1', port, protocol: 'tls', ca }).send(['secret']),
      );
      expect(error).toMatchObject({ code: 'SYSLOG_SEND_FAILED', outcome: 'none' });
    }
    expect(text()).toBe('');
  });

  it('says whether anything can have left', async () => {
    const { port } = await listen('tcp', (end) => end());
    const unsure = await errorOf(
      createSyslogSender({ host: '127.0.0.1', port, protocol: 'tcp' }).send(
        Array.from({ length: 5000 }, () => 'x'.repeat(4000)),
      ),
    );
    expect(unsure).toMatchObject({ outcome: 'unknown' });
    const closed = await listen('tcp');
    closers.splice(0).map((close) => close());
    const nobody = createSyslogSender({ host: '127.0.0.1', port: closed.port, protocol: 'tcp' });
    expect(await errorOf(nobody.send(['x']))).toMatchObject({ outcome: 'none' });
  });

  it('waits no longer than it is told, and stops when asked', async () => {
    // Speaks no TLS, so that the handshake never ends.
    const { port } = await listen('tcp');
    const slow = createSyslogSender({ host: '127.0.0.1', port, protocol: 'tls', timeoutMs: 50 });
    expect(await errorOf(slow.send(['x']))).toMatchObject({
      outcome: 'none',
      message: expect.stringContaining('no answer'),
    });
    const patient = createSyslogSender({ host: '127.0.0.1', port, protocol: 'tls' });
    expect(await errorOf(patient.send(['x'], AbortSignal.timeout(20)))).toBeInstanceOf(SyslogSendError);
  });

  it('refuses what a collector would cut or take for two messages', async () => {
    const sender = createSyslogSender({ host: '127.0.0.1', port: 9, protocol: 'udp' });
    for (const message of ['x'.repeat(1025), 'a\nb', 'a\0'])
      expect(await errorOf(sender.send([message]))).toMatchObject({ outcome: 'none' });
  });
});
