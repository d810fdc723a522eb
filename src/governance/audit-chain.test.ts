import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendEntry, verifyChain } from './audit-chain.ts';
import { canonicalJson, type JsonValue } from './canonical-json.ts';
import type { AuditLog, AuditRow } from './ports.ts';

function memoryLog(): AuditLog & { rows: AuditRow[] } {
  const rows: AuditRow[] = [];
  return {
    rows,
    last: async () => rows.at(-1),
    async append(row) {
      if (row.seq !== rows.length + 1) return false;
      rows.push(row);
      return true;
    },
    async *entries() {
      yield* rows;
    },
  };
}

async function makeChain(entries: number, key?: Uint8Array) {
  const log = memoryLog();
  for (let i = 0; i < entries; i++)
    await appendEntry(log, 'import', { files: i, ratio: i / 3, z: 'ä', a: [1, null] }, 1000 + i, key ? { key } : {});
  return log.rows;
}

const KEY = Buffer.alloc(32, 7);

describe('audit chain', () => {
  it('verifies what it wrote, and names the head', async () => {
    const rows = await makeChain(5);
    expect(await verifyChain(rows)).toEqual({ ok: true, entries: 5, head: { seq: 5, hash: rows[4]!.hash } });
    expect(await verifyChain([])).toEqual({ ok: true, entries: 0, head: undefined });
  });

  it('keeps the hash of the first released form', async () => {
    const log = memoryLog();
    await appendEntry(log, 'import', { lines: 3, files: 1 }, 1_700_000_000_000);
    expect(log.rows[0]).toMatchInlineSnapshot(`
      {
        "body": "{"files":1,"lines":3}",
        "hash": "sha256:8f2e3fe3abd9fa1de7081c94a0ddb24e9cc31ac5a6d4d995d7d66a7c7fe16e1a",
        "kind": "import",
        "previousHash": "",
        "seq": 1,
        "timeMs": 1700000000000,
      }
    `);
  });

  it('finds any change of any field of any entry at that entry', async () => {
    const rows = await makeChain(6, KEY);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 5 }),
        fc.constantFrom<keyof AuditRow>('seq', 'timeMs', 'kind', 'body', 'previousHash', 'hash'),
        async (index, field) => {
          const value = rows[index]![field];
          const changed = { ...rows[index]!, [field]: typeof value === 'number' ? value + 1 : `${value} ` };
          const verdict = await verifyChain(rows.with(index, changed), { key: KEY });
          expect(verdict).toMatchObject({ ok: false, entries: index, firstBroken: index + 1 });
        },
      ),
    );
  });

  it('finds removed, inserted and swapped entries', async () => {
    const rows = await makeChain(5);
    const swapped = rows.with(1, rows[2]!).with(2, rows[1]!);
    expect(await verifyChain(rows.toSpliced(2, 1))).toMatchObject({ ok: false, firstBroken: 3 });
    expect(await verifyChain(rows.toSpliced(2, 0, rows[1]!))).toMatchObject({ ok: false, firstBroken: 3 });
    expect(await verifyChain(swapped)).toMatchObject({ ok: false, firstBroken: 2 });
    expect(await verifyChain(rows.slice(1))).toMatchObject({ ok: false, firstBroken: 1 });
  });

  it('finds a missing tail and a rebuilt chain by a head noted earlier', async () => {
    const rows = await makeChain(5);
    const head = { seq: 5, hash: rows[4]!.hash };
    expect(await verifyChain(rows, { head })).toMatchObject({ ok: true });
    expect(await verifyChain(rows.slice(0, 3), { head })).toMatchObject({ ok: false, firstBroken: 4 });
    const rebuilt = memoryLog();
    for (let i = 0; i < 6; i++) await appendEntry(rebuilt, 'import', { files: 9 }, i);
    expect(await verifyChain(rebuilt.rows, { head })).toMatchObject({ ok: false, firstBroken: 5 });
  });

  it('does not take an unkeyed or differently keyed chain for a keyed one', async () => {
    expect(await verifyChain(await makeChain(2), { key: KEY })).toMatchObject({
      ok: false,
      reason: 'the entry is not sealed with the key',
    });
    expect(await verifyChain(await makeChain(2, KEY), { key: Buffer.alloc(32, 8) })).toMatchObject({ ok: false });
  });

  it('gives writers at the same time one place each', async () => {
    const log = memoryLog();
    await Promise.all(Array.from({ length: 20 }, (_, i) => appendEntry(log, 'test', { i }, i)));
    expect(await verifyChain(log.rows)).toMatchObject({ ok: true, entries: 20 });
  });

  it('refuses kinds and bodies it cannot keep', async () => {
    const log = memoryLog();
    await expect(appendEntry(log, 'Bad Kind', {}, 0)).rejects.toThrow('not a kind');
    await expect(appendEntry(log, 'big', { text: 'x'.repeat(70_000) }, 0)).rejects.toThrow('too long');
    await expect(appendEntry(log, 'nan', { n: Number.NaN }, 0)).rejects.toThrow('finite');
    expect(log.rows).toHaveLength(0);
  });
});

describe('canonicalJson', () => {
  it('spells equal values the same and reads back', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value as JsonValue);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(canonicalJson({ b: 1, a: [{ d: 1, c: 2 }] })).toBe('{"a":[{"c":2,"d":1}],"b":1}');
  });
});
