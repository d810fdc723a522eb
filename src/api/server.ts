import Fastify from 'fastify';
import type { Anomaly } from '../domain/findings.ts';
import { createMetrics } from './metrics.ts';
import { notReadyReasons, type ServiceStatus } from './status.ts';

const LOOPBACK = '127.0.0.1';

export interface StatusServer {
  /** `http://127.0.0.1:PORT` */
  url: string;
  close(): Promise<void>;
}

export interface StatusPorts {
  status(): Promise<ServiceStatus>;
  /** Of the last 30 days, the highest score first; people are pseudonyms. */
  findings(limit: number): Promise<readonly Anomaly[]>;
}

const MOST_FINDINGS = 1000;

/**
 * Health, readiness, metrics and findings, on loopback only: there is no login, so nothing here names a person. `/health`
 * answers 200 while the process works, `/ready` 200 or 503 with reasons, `/metrics` in Prometheus' text format,
 * `/findings?limit=N` the latest findings.
 * @param port 0: any free port
 */
export async function startStatusServer(port: number, ports: StatusPorts): Promise<StatusServer> {
  const server = Fastify({ logger: false, bodyLimit: 1024, requestTimeout: 10_000, connectionTimeout: 30_000 });
  const metrics = createMetrics();
  // A page in a browser must not be able to read this by a host name that points here.
  server.addHook('onRequest', async (request, reply) => {
    const host = request.hostname;
    if (host !== LOOPBACK && host !== 'localhost') await reply.code(421).send({ error: 'only served on loopback' });
  });
  server.get('/health', async () => ({ status: 'ok' }));
  server.get('/ready', async (_request, reply) => {
    const status = await ports.status();
    const reasons = notReadyReasons(status);
    const parts = status.parts.map(({ name, lastSuccessMs, problem }) => ({
      name,
      lastSuccessMs,
      problem: problem?.code,
    }));
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons, parts });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.render(await ports.status())),
  );
  const query = { type: 'object', properties: { limit: { type: 'integer', minimum: 1, maximum: MOST_FINDINGS } } };
  server.get<{ Querystring: { limit?: number } }>('/findings', { schema: { querystring: query } }, async (request) => ({
    findings: await ports.findings(request.query.limit ?? 20),
  }));
  await server.listen({ host: LOOPBACK, port });
  const address = server.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `http://${LOOPBACK}:${bound}`, close: () => server.close() };
}
