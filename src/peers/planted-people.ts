import { createMatrix } from '../numeric/matrix.ts';
import { createRandom, type Random, seedFor } from '../numeric/random.ts';
import type { BehaviourWindow, PeerInput, PersonAttributes, SparseRows } from './ports.ts';

/** People with known groups, for tests and measurements: each group has its own volumes, working hours, resources and
 * transitions; people differ within it, resources are shared within groups, by everybody, or by nobody. */
export interface PlantedOptions {
  people: number;
  groups: number;
  seed: number;
  day?: number;
  volumes?: number;
  /** Of the volume columns, those that differ between groups. */
  telling?: number;
  /** Standard deviation between people of a group, in units of that between groups. */
  noise?: number;
  /** People who follow no group. */
  strangers?: number;
  resourcesPerGroup?: number;
  /** Share of people whose role is another group's. */
  wrongRoles?: number;
  /** Group of each person in the last days, by row, where it is not the usual one. */
  moved?: ReadonlyMap<number, number>;
  /** Changes the sampling noise of the day but not the groups. */
  dayNoise?: number;
}

export interface PlantedPeople {
  input: PeerInput;
  /** -1 = stranger. */
  truth: Int32Array;
}

interface Profile {
  volumes: Float64Array;
  startHour: number;
  hours: number;
  transitions: Float64Array;
}

const TRANSITIONS = 25;

export function plantPeople(options: PlantedOptions): PlantedPeople {
  const { people, groups, seed } = options;
  const day = options.day ?? 20_000;
  const volumes = options.volumes ?? 40;
  const telling = Math.min(volumes, options.telling ?? 20);
  const strangers = options.strangers ?? 0;
  const random = createRandom(seedFor(seed, 'profiles'));
  const profiles = Array.from({ length: groups }, () => drawProfile(random, volumes, telling));
  const truth = Int32Array.from({ length: people }, (_, i) => (i < people - strangers ? i % groups : -1));
  const usual = Array.from(truth, (g, i) =>
    g >= 0 ? profiles[g]! : drawProfile(createRandom(seedFor(seed, `stranger${i}`)), volumes, volumes, 3),
  );
  const moved = Array.from(truth, (_, i) => profiles[options.moved?.get(i) ?? -1] ?? usual[i]!);
  const window = (name: string, own: Profile[], group: (i: number) => number) =>
    drawWindow(options, own, group, volumes, `${name}${options.dayNoise ?? 0}`);
  const roles = createRandom(seedFor(seed, 'roles'));
  const attributes: PersonAttributes[] = Array.from(truth, (g) => {
    const other = roles.next() < (options.wrongRoles ?? 0) || g < 0;
    const role = other ? roles.int(groups) : g;
    return { role: `role ${role}`, department: `department ${role % 4}`, team: '', projects: [] };
  });
  return {
    truth,
    input: {
      day,
      people: Array.from(truth, (_, i) => `p${seedFor(seed, `person${i}`).toString(16).padStart(8, '0')}-${i}`),
      volumeLabels: Array.from({ length: volumes }, (_, c) => `volume ${c}`),
      ...window('window', usual, (i) => truth[i]!),
      ...(options.moved ? { recent: window('recent', moved, (i) => options.moved?.get(i) ?? truth[i]!) } : {}),
      attributes,
      activeDays: new Float64Array(people).fill(20),
      seed,
    },
  };
}

function drawProfile(random: Random, volumes: number, telling: number, reach = 1): Profile {
  const transitions = Float64Array.from({ length: TRANSITIONS }, () => Math.exp(1.2 * random.normal()));
  return {
    volumes: Float64Array.from({ length: volumes }, (_, c) => (c < telling ? reach * random.normal() : 0)),
    startHour: 6 + random.int(5),
    hours: 7 + random.int(4),
    transitions,
  };
}

function drawWindow(
  options: PlantedOptions,
  own: readonly Profile[],
  groupOf: (i: number) => number,
  volumes: number,
  name: string,
): BehaviourWindow {
  const n = own.length;
  const noise = options.noise ?? 0.7;
  const drawn = {
    volumes: createMatrix(n, volumes),
    rhythm: createMatrix(n, 168),
    transitions: createMatrix(n, TRANSITIONS),
  };
  for (let i = 0; i < n; i++) {
    const person = createRandom(seedFor(options.seed, `person${i}`));
    const today = createRandom(seedFor(options.seed, `${name}:${i}`));
    const profile = own[i]!;
    for (let c = 0; c < volumes; c++)
      drawn.volumes.data[i * volumes + c] = 4 + profile.volumes[c]! + noise * person.normal() + 0.15 * today.normal();
    const shift = Math.round(person.normal());
    for (let weekdayIndex = 0; weekdayIndex < 5; weekdayIndex++)
      for (let hour = 0; hour < profile.hours; hour++) {
        const at = weekdayIndex * 24 + ((profile.startHour + shift + hour + 24) % 24);
        drawn.rhythm.data[i * 168 + at] = 5 + today.int(20);
      }
    for (let t = 0; t < TRANSITIONS; t++)
      drawn.transitions.data[i * TRANSITIONS + t] =
        profile.transitions[t]! * Math.exp(0.4 * person.normal() + 0.1 * today.normal());
  }
  return { ...drawn, resources: drawResources(options, groupOf, n, name) };
}

/** Columns: 20 of everybody, then those of each group, then 5 of each person. */
function drawResources(options: PlantedOptions, groupOf: (i: number) => number, n: number, name: string): SparseRows {
  const perGroup = options.resourcesPerGroup ?? 30;
  const privateFrom = 20 + perGroup * options.groups;
  const offsets = new Int32Array(n + 1);
  const indices: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < n; i++) {
    const random = createRandom(seedFor(options.seed, `${name}:resources:${i}`));
    const add = (from: number, count: number, chance: number) => {
      for (let r = from; r < from + count; r++)
        if (random.next() < chance) {
          indices.push(r);
          counts.push(1 + random.int(30));
        }
    };
    add(0, 20, 0.8);
    if (groupOf(i) >= 0) add(20 + perGroup * groupOf(i), perGroup, 0.3);
    add(privateFrom + 5 * i, 5, 1);
    offsets[i + 1] = indices.length;
  }
  return {
    columns: privateFrom + 5 * n,
    offsets,
    indices: Int32Array.from(indices),
    counts: Float32Array.from(counts),
  };
}
