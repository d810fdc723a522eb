/**
 * Sends the lines of a file over and over, each pass with ids of its own:
 * `syslog-sender TRANSPORT PORT FILE SECONDS PER_SECOND CA_FILE`. 0 a second is as fast as the receiver lets it.
 * Prints what it sent.
 */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

const [transport = '', portText = '', file = '', seconds = '', perSecond = '0', caFile = ''] = process.argv.slice(2);
const port = Number(portText);
const rate = Number(perSecond);
const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
/** Lines written at a time. */
const GROUP = transport === 'udp' ? 20 : 250;

interface Outlet {
  send(texts: string[]): Promise<void>;
  end(): Promise<void>;
}

async function openStream(): Promise<Outlet> {
  const host = '127.0.0.1';
  const socket: Socket =
    transport === 'tls' ? connectTls({ port, host, ca: readFileSync(caFile) }) : createConnection(port, host);
  await new Promise<void>((resolve, reject) => {
    socket.once(transport === 'tls' ? 'secureConnect' : 'connect', () => resolve());
    socket.once('error', reject);
  });
  return {
    async send(texts) {
      if (!socket.write(`${texts.join('\n')}\n`)) await new Promise<void>((resolve) => socket.once('drain', resolve));
    },
    async end() {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.end();
      await closed;
    },
  };
}

async function openDatagrams(): Promise<Outlet> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  return {
    async send(texts) {
      await Promise.all(
        texts.map(
          (text) =>
            new Promise<void>((resolve, reject) =>
              socket.send(text, (error: Error | null) => (error ? reject(error) : resolve())),
            ),
        ),
      );
    },
    end: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

const outlet = await (transport === 'udp' ? openDatagrams() : openStream());
process.stdout.write('begin\n');
const startedMs = performance.now();
const elapsed = () => performance.now() - startedMs;
let sent = 0;
while (elapsed() < Number(seconds) * 1000) {
  const aheadMs = rate === 0 ? 0 : (sent / rate) * 1000 - elapsed();
  if (aheadMs > 0) await sleep(aheadMs);
  const from = sent % lines.length;
  const pass = Math.floor(sent / lines.length);
  // The event's own id ends the line.
  const group = lines.slice(from, from + GROUP).map((line) => `${line}-${pass}`);
  await outlet.send(group);
  sent += group.length;
}
const milliseconds = elapsed();
await outlet.end();
process.stdout.write(`${JSON.stringify({ sent, milliseconds })}\n`);
