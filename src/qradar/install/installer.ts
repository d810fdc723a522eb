import type { EndpointDirectory } from '../endpoints.ts';
import { hasCode, QRadarError } from '../errors.ts';
import type { Requester } from '../requester.ts';
import type { Rules } from '../rules.ts';
import type { InstallLedger } from './ledger.ts';
import { type FoundPart, type KnownParts, keyOf, type Part, type PartCall, type PartKind } from './part.ts';
import { createParts } from './parts.ts';

/** `keep` is there as wanted. `leave` cannot, or must not, be removed. */
export type StepAction = 'make' | 'change' | 'keep' | 'remove' | 'leave';

export interface InstallStep {
  kind: PartKind;
  name: string;
  action: StepAction;
  /** Why, where the action does not say it all. */
  reason?: string | undefined;
}

export interface InstallPlan {
  steps: InstallStep[];
  /** Calls that the plan takes and the token may not make. */
  missingRights: string[];
}

/** The custom rule, which no call can make. */
export type RuleState = 'enabled' | 'disabled' | 'missing' | 'unknown';

export interface Installer {
  planInstall(signal?: AbortSignal): Promise<InstallPlan>;
  planUninstall(signal?: AbortSignal): Promise<InstallPlan>;
  /** Looks anew before each step, so that it goes on where another run was cut off. Told after each change. */
  install(onChange?: (step: InstallStep) => void, signal?: AbortSignal): Promise<InstallPlan>;
  uninstall(onChange?: (step: InstallStep) => void, signal?: AbortSignal): Promise<InstallPlan>;
  ruleState(signal?: AbortSignal): Promise<RuleState>;
}

export interface InstallerOptions {
  requester: Requester;
  directory: EndpointDirectory;
  rules: Rules;
  ledger: InstallLedger;
  identifier: string;
  ruleName: string;
}

const NO_REMOVAL = 'QRadar offers no call to remove it; without the log source it does nothing';
const NOT_OURS = 'not made by this installation';

export function createInstaller(options: InstallerOptions): Installer {
  const { directory, ledger, rules } = options;
  const isOffered = ([method, path]: PartCall) => directory.stateOf(method, path).isOffered;
  const parts = createParts(options, isOffered);
  const needRights = (calls: readonly PartCall[]): string[] => [
    ...new Set(
      calls
        .filter(([method, path]) => directory.stateOf(method, path).isAllowed === false || !isOffered([method, path]))
        .map(([method, path]) => `${method} ${path}`),
    ),
  ];
  const readCalls = parts.flatMap(({ read }) => read);

  async function install(apply: boolean, onChange?: (step: InstallStep) => void, signal?: AbortSignal) {
    const blind = needRights(readCalls);
    if (blind.length > 0) return { steps: [], missingRights: [...blind, ...needRights(parts.map(({ make }) => make))] };
    const known: KnownParts = new Map();
    const steps: InstallStep[] = [];
    const calls: PartCall[] = [];
    for (const part of parts) {
      signal?.throwIfAborted();
      const found = await part.find(known, signal);
      const step = stepFor(part, found);
      steps.push(step);
      if (step.action === 'make') calls.push(part.make);
      if (step.action === 'change') calls.push(part.change!);
      if (found) known.set(keyOf(part), found);
      if (!apply || step.action === 'keep') continue;
      if (found) await part.update!(found.id, known, signal);
      else {
        // First the intention: what was made just before the process ended is known as ours.
        await ledger.intend(keyOf(part));
        const made = await part.create(known, signal);
        await ledger.made(keyOf(part), made.id);
        known.set(keyOf(part), made);
      }
      onChange?.(step);
    }
    return { steps, missingRights: needRights(calls) };
  }

  async function uninstall(apply: boolean, onChange?: (step: InstallStep) => void, signal?: AbortSignal) {
    const blind = needRights(readCalls);
    if (blind.length > 0) return { steps: [], missingRights: blind };
    const made = await ledger.read();
    const known: KnownParts = new Map();
    const found: { part: Part; there: FoundPart; isOurs: boolean }[] = [];
    for (const part of parts) {
      const there = await part.find(known, signal);
      if (!there) continue;
      known.set(keyOf(part), there);
      // An intention without an id was cut off before or after the making.
      const id = made.get(keyOf(part));
      found.push({
        part,
        there,
        isOurs: there.isMarked || (made.has(keyOf(part)) && (id === null || id === there.id)),
      });
    }
    const steps: InstallStep[] = [];
    const calls: PartCall[] = [];
    for (const { part, there, isOurs } of found.reverse()) {
      signal?.throwIfAborted();
      const { kind, name } = part;
      if (!isOurs || !isOffered(part.remove)) {
        steps.push({ kind, name, action: 'leave', reason: isOurs ? NO_REMOVAL : NOT_OURS });
        continue;
      }
      const step: InstallStep = { kind, name, action: 'remove' };
      steps.push(step);
      calls.push(part.remove);
      if (!apply) continue;
      try {
        await part.delete(there.id, signal);
      } catch (error) {
        if (!hasCode(error, 'QRADAR_NOT_FOUND')) throw error;
      }
      await ledger.removed(keyOf(part));
      onChange?.(step);
    }
    return { steps, missingRights: needRights(calls) };
  }

  /** Nothing is begun that cannot be finished. */
  const check = (plan: InstallPlan): void => {
    if (plan.missingRights.length === 0) return;
    throw new QRadarError('QRADAR_RIGHTS_MISSING', `the token may not call ${plan.missingRights.join(', ')}`, {
      layer: 'client',
      outcome: 'none',
      request: plan.missingRights[0]!,
    });
  };

  return {
    planInstall: (signal) => install(false, undefined, signal),
    planUninstall: (signal) => uninstall(false, undefined, signal),
    async install(onChange, signal) {
      check(await install(false, undefined, signal));
      return install(true, onChange, signal);
    },
    async uninstall(onChange, signal) {
      check(await uninstall(false, undefined, signal));
      return uninstall(true, onChange, signal);
    },
    async ruleState(signal) {
      try {
        const found = await rules.find(options.ruleName, signal);
        return found === undefined ? 'missing' : found.isEnabled ? 'enabled' : 'disabled';
      } catch (error) {
        if (hasCode(error, 'QRADAR_FORBIDDEN', 'QRADAR_NOT_FOUND', 'QRADAR_REJECTED')) return 'unknown';
        throw error;
      }
    },
  };
}

function stepFor({ kind, name }: Part, found: FoundPart | undefined): InstallStep {
  if (!found) return { kind, name, action: 'make' };
  return found.difference === undefined
    ? { kind, name, action: 'keep' }
    : { kind, name, action: 'change', reason: found.difference };
}
