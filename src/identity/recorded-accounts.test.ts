import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hasShared, sharedPath } from '../../test/shared-data.ts';
import type { AccountSighting } from '../domain/people.ts';
import { resolveIdentities } from './resolve-identities.ts';

const FOLDER = 'otrf-windows';

/** Acting accounts of the recordings, joined as the ingest of Windows events writes them. */
function readSightings(): AccountSighting[] {
  const seen = new Map<string, AccountSighting>();
  const add = (account: unknown, sid: unknown) => {
    if (typeof account !== 'string' || account === '') return;
    const key = `${account}|${sid}`;
    const sighting = seen.get(key) ?? { domain: '', account, sid: typeof sid === 'string' ? sid : '', activities: 0 };
    sighting.activities++;
    seen.set(key, sighting);
  };
  for (const file of readdirSync(sharedPath(FOLDER)).filter((name) => name.endsWith('.jsonl.gz'))) {
    for (const line of gunzipSync(readFileSync(sharedPath(FOLDER, file)))
      .toString()
      .split('\n')) {
      if (line === '') continue;
      const event = JSON.parse(line) as Record<string, unknown>;
      for (const side of ['Subject', 'Target']) {
        const [name, domain] = [event[`${side}UserName`], event[`${side}DomainName`]];
        if (typeof name === 'string')
          add(domain && domain !== '-' ? `${domain}\\${name}` : name, event[`${side}UserSid`]);
      }
      add(event.User, '');
    }
  }
  return [...seen.values()];
}

describe.skipIf(!hasShared(FOLDER))('accounts of recorded Windows hosts', () => {
  it('resolve to the people, computers and system accounts of the lab', () => {
    const { people, links } = resolveIdentities({
      sightings: readSightings(),
      directory: [],
      aliases: [],
      servicePatterns: [],
      defaultZone: 'UTC',
      pseudonym: (text) => text,
    });
    const accountsOf = (key: string) => links.filter((link) => link.person === key).map((link) => link.account);
    expect(people.filter((person) => person.kind === 'human').map((person) => person.key)).toEqual(
      expect.arrayContaining(['pgustavo', 'sbeavers', 'wardog']),
    );
    expect(accountsOf('pgustavo').length).toBeGreaterThanOrEqual(4);
    expect(accountsOf('wardog')).toEqual(['THESHIRE\\wardog', 'WORKSTATION5\\wardog']);
    expect(people.filter((person) => person.kind === 'machine').map((person) => person.key)).toEqual(
      expect.arrayContaining(['mordordc$', 'workstation5$', 'workstation6$']),
    );
    expect(people.find((person) => person.key === '\\system\\system')).toMatchObject({ kind: 'system' });
  });
});
