import { type Command, InvalidArgumentError } from 'commander';
import { AppError } from '../domain/errors.ts';
import { type ChainHead, verifyChain } from '../governance/audit-chain.ts';
import { addSharedOptions, type CliContext, type SharedOptions } from './context.ts';
import { formatJsonLine } from './output.ts';

interface VerifyOptions extends SharedOptions {
  head?: ChainHead;
}

/** `undercurrent audit verify`. */
export function registerAudit(program: Command, context: CliContext): void {
  const audit = program.command('audit').description('verify the audit chain');
  addSharedOptions(audit.command('verify'))
    .description('check that no entry of the audit chain was changed, removed or moved; exits 1 when one was')
    .option('--head <seq:hash>', 'head printed by an earlier run; shows a cut-off or rebuilt chain', parseHead)
    .action((options: VerifyOptions) => verifyAudit(options, context));
}

async function verifyAudit(options: VerifyOptions, context: CliContext): Promise<void> {
  const config = await context.loadConfig(options);
  const store = await context.openStore(config, { create: false });
  try {
    const verdict = await verifyChain(store.audit.entries(), options.head ? { head: options.head } : {});
    if (options.json) {
      await context.stdout.write(formatJsonLine({ type: 'audit', ...verdict }));
    } else if (verdict.ok) {
      const head = verdict.head ? `; head ${verdict.head.seq}:${verdict.head.hash}` : '';
      await context.stdout.write(`audit chain intact: ${verdict.entries} entries${head}\n`);
    }
    if (!verdict.ok)
      throw new AppError('AUDIT_BROKEN', `audit chain broken at entry ${verdict.firstBroken}: ${verdict.reason}`);
  } finally {
    await store.close();
  }
}

function parseHead(text: string): ChainHead {
  const match = /^(\d{1,15}):((?:hmac-)?sha256:[0-9a-f]{64})$/.exec(text);
  if (!match) throw new InvalidArgumentError('It has the form SEQ:HASH, as printed by an earlier "audit verify".');
  return { seq: Number(match[1]), hash: match[2]! };
}
