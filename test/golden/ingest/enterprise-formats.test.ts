import { describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../../simulator/enterprise/generate.ts';
import { formatJson } from '../../../simulator/enterprise/writers/jsonl.ts';
import { formatLeef } from '../../../simulator/enterprise/writers/leef.ts';
import type { Activity } from '../../../src/domain/activity.ts';
import { parseSyslogLine } from '../../../src/ingest/index.ts';
import { activityOf, TEST_OPTIONS } from './records.ts';

const parse = (line: string): Activity => activityOf(parseSyslogLine(line.trimEnd(), TEST_OPTIONS));
/** What every format says the same way; names of log sources and what LEEF has no field for are left out. */
const core = ({ timeMs, class: name, outcome, account, source, target, resource, command, process, bytesIn, bytesOut, recipients, recipientsExternal, attachments, removable, logonType }: Activity) => ({ timeMs, name, outcome, account, source, target, resource, command: command.replace(/\s+/g, ' '), process, bytesIn, bytesOut, recipients, recipientsExternal, attachments, removable, logonType }); // biome-ignore format: a list of fields

describe('the synthetic enterprise', () => {
  it('is read back the same from JSON lines and from LEEF', () => {
    const differences: unknown[] = [];
    let count = 0;
    for (const { activities } of generateEnterprise({ people: 20, days: 2, seed: 3 }).days()) {
      for (const activity of activities) {
        count++;
        const fromJson = core(parse(formatJson(activity)));
        expect(fromJson).toEqual(core(activity));
        const fromLeef = core(parse(formatLeef(activity)));
        // A domain name in front of a group is Windows' own way of writing it.
        if (JSON.stringify(fromLeef) !== JSON.stringify(fromJson) && activity.eventCode !== 4728)
          differences.push([activity.eventCode, fromJson, fromLeef]);
      }
    }
    expect(count).toBeGreaterThan(1000);
    expect(differences.slice(0, 3)).toEqual([]);
  });
});
