import { type FileHandle, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What the spool needs of a file system. */
export interface SpoolFiles {
  /** Makes the folder when it is absent. */
  list(): Promise<{ name: string; bytes: number }[]>;
  /** A new, empty file, readable by its owner only; its name is durable. */
  create(name: string): Promise<SpoolFile>;
  /** The start of a file is kept. */
  truncate(name: string, bytes: number): Promise<void>;
  remove(name: string): Promise<void>;
  read(name: string): Promise<SpoolReadFile>;
}

export interface SpoolFile {
  write(parts: readonly Uint8Array[], position: number): Promise<void>;
  /** What was written survives a loss of power. */
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface SpoolReadFile {
  /** Fills the buffer from the position on; fewer bytes at the end of the file. */
  read(buffer: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

export function nodeSpoolFiles(directory: string): SpoolFiles {
  return {
    async list() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const names = await readdir(directory);
      return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(join(directory, name))).size })));
    },
    async create(name) {
      const file = await open(join(directory, name), 'w', 0o600);
      try {
        await syncFolder(directory);
      } catch (error) {
        await file.close();
        throw error;
      }
      return writable(file);
    },
    async truncate(name, bytes) {
      const file = await open(join(directory, name), 'r+');
      try {
        await file.truncate(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    remove: (name) => unlink(join(directory, name)),
    async read(name) {
      const file = await open(join(directory, name), 'r');
      return { read: (buffer, position) => fill(file, buffer, position), close: () => file.close() };
    },
  };
}

const writable = (file: FileHandle): SpoolFile => ({
  async write(parts, position) {
    let at = position;
    for (const part of parts) {
      for (let done = 0; done < part.length; ) {
        const { bytesWritten } = await file.write(part, done, part.length - done, at);
        done += bytesWritten;
        at += bytesWritten;
      }
    }
  },
  sync: () => file.datasync(),
  truncate: (bytes) => file.truncate(bytes),
  close: () => file.close(),
});

async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function fill(file: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
