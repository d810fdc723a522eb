/** What this data directory made on one console: id by `keyOf`; `null` while it is not known whether it was made. */
export interface InstallLedger {
  read(): Promise<Map<string, number | null>>;
  intend(key: string): Promise<void>;
  made(key: string, id: number): Promise<void>;
  removed(key: string): Promise<void>;
}

export interface LedgerStore {
  read(source: string): Promise<unknown>;
  /** Durable when it resolves. */
  write(source: string, body: object, nowMs: number): Promise<void>;
}

/** @param console from `consoleIdentity` */
export function createInstallLedger(store: LedgerStore, console: string, now: () => number): InstallLedger {
  const source = `qradar-install ${console}`;
  async function read(): Promise<Map<string, number | null>> {
    const body = await store.read(source);
    const entries = Object.entries(typeof body === 'object' && body !== null ? body : {});
    return new Map(
      entries.filter((entry): entry is [string, number | null] => entry[1] === null || Number.isSafeInteger(entry[1])),
    );
  }
  async function change(edit: (made: Map<string, number | null>) => void): Promise<void> {
    const made = await read();
    edit(made);
    await store.write(source, Object.fromEntries(made), now());
  }
  return {
    read,
    intend: (key) => change((made) => made.set(key, null)),
    made: (key, id) => change((made) => made.set(key, id)),
    removed: (key) => change((made) => made.delete(key)),
  };
}
