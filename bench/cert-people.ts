import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createMatrix } from '../src/numeric/matrix.ts';
import type { PeerInput } from '../src/peers/ports.ts';

/** Peer input from the CERT r6.2 user-day counts: 4,000 people, at most 3 days of 89 unnamed counts each, no rhythm and no
 * resources; role, department, team and project are given. */
export function loadCertPeople(file: string, options: { attributes: boolean; days?: readonly string[] }): PeerInput {
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const names = header.split(',');
  const first = names.findIndex((name) => /^c\d+$/.test(name));
  const columns = names.length - first;
  const at = (name: string) => names.indexOf(name);
  const rowsOf = new Map<string, string[][]>();
  for (const line of lines) {
    const fields = line.split(',');
    if (options.days && !options.days.includes(fields[0]!)) continue;
    const rows = rowsOf.get(fields[1]!) ?? [];
    rows.push(fields);
    rowsOf.set(fields[1]!, rows);
  }
  const people = [...rowsOf.keys()];
  const volumes = createMatrix(people.length, columns);
  people.forEach((person, i) => {
    const rows = rowsOf.get(person)!;
    for (const row of rows)
      for (let c = 0; c < columns; c++)
        volumes.data[i * columns + c]! += Math.log1p(Number(row[first + c])) / rows.length;
  });
  const attributes = people.map((person) => {
    const row = rowsOf.get(person)!.at(-1)!;
    const department = `${row[at('functional_unit')]}/${row[at('department')]}`;
    return {
      role: row[at('role')]!,
      department,
      team: `${department}/${row[at('team')]}`,
      projects: [row[at('project')]!],
    };
  });
  return {
    day: 4,
    people,
    volumes,
    volumeLabels: names.slice(first),
    rhythm: createMatrix(people.length, 0),
    resources: {
      columns: 0,
      offsets: new Int32Array(people.length + 1),
      indices: new Int32Array(0),
      counts: new Float32Array(0),
    },
    ...(options.attributes ? { attributes } : {}),
    activeDays: Float64Array.from(people, (person) => rowsOf.get(person)!.length),
    seed: 1,
  };
}
