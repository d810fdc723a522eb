import { afterEach, describe, expect, it } from 'vitest';
import { connectTo, errorOf, failure, type Handler, ranged, type SeenRequest } from '../qradar-console.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const NEW = [
  { path: '/reference_data_collections/set_entries', http_method: 'GET', version: '19.0', caller_has_access: true },
  { path: '/reference_data_collections/set_entries', http_method: 'PATCH', version: '19.0', caller_has_access: true },
];

async function connect(handler: Handler, endpoints: object[] = NEW) {
  const connection = await connectTo((request) =>
    request.path === '/api/help/endpoints' ? ranged(request, endpoints) : handler(request),
  );
  closers.push(connection.close);
  return connection;
}

describe('reference sets of newer consoles', () => {
  const entries = [
    { id: 1, collection_id: 7, value: 'anna', domain_id: null, source: 'x', notes: 'why', first_seen: 1, last_seen: 2 },
    { id: 2, collection_id: 7, value: 'bert', domain_id: null, source: 'x', notes: null, first_seen: 1, last_seen: 2 },
  ];
  const sets = (request: SeenRequest) => ranged(request, [{ id: 7, name: 'AI High Risk Users', entry_type: 'ALNIC' }]);

  it('are found by name, entries read in pages', async () => {
    const { qradar, console } = await connect((request) =>
      request.path.endsWith('/sets') ? sets(request) : ranged(request, entries),
    );
    expect(await qradar.sets.keepsNotes()).toBe(true);
    expect(await qradar.sets.read('AI High Risk Users')).toMatchObject([
      { value: 'anna', notes: 'why' },
      { value: 'bert' },
    ]);
    expect(await qradar.sets.read('Another')).toBeUndefined();
    const filters = console.requests.map(({ query }) => query.get('filter')).filter(Boolean);
    expect(filters).toEqual(['name = "AI High Risk Users"', 'collection_id = 7', 'name = "Another"']);
    expect(console.seen('GET', '/api/help/endpoints')).toHaveLength(1);
  });

  it('take entries with notes in one asynchronous task, and tell which were refused', async () => {
    const states = ['QUEUED', 'PROCESSING', 'COMPLETED'];
    const { qradar, console } = await connect((request) => {
      if (request.path.endsWith('/sets')) return sets(request);
      if (request.method === 'PATCH') return { status: 202, body: { id: 33, status: states.shift() } };
      if (request.path.endsWith('/33')) return { body: { id: 33, status: states.shift(), error_code: null } };
      return {
        body: {
          status: 'PARTIAL_UPDATE_PERFORMED',
          total_responses: 2,
          successful_responses: 1,
          responses: [{ http_status: 201 }, { http_status: 422, unique_code: 20_004, message: 'value is not valid' }],
        },
      };
    });
    const result = await qradar.sets.put('AI High Risk Users', [{ value: 'anna', notes: 'score 87' }, { value: '' }]);
    expect(result).toEqual({ written: 1, failed: ['value is not valid'] });
    const [patch] = console.seen('PATCH', '/api/reference_data_collections/set_entries');
    expect(JSON.parse(patch!.body)).toEqual([
      { collection_id: 7, value: 'anna', source: 'undercurrent', notes: 'score 87' },
      { collection_id: 7, value: '', source: 'undercurrent' },
    ]);
    expect(console.requests.at(-1)!.path).toBe('/api/reference_data_collections/set_bulk_update_tasks/33/results');
  });

  it('fail when the task ends badly, or when there is no such set', async () => {
    const { qradar } = await connect((request) =>
      request.path.endsWith('/sets')
        ? sets(request)
        : { status: 202, body: { id: 1, status: 'EXCEPTION', error_message: 'disk full' } },
    );
    const error = await errorOf(qradar.sets.put('AI High Risk Users', [{ value: 'a' }]));
    expect(error).toMatchObject({ code: 'QRADAR_FAILED' });
    expect((error as Error).message).toContain('disk full');
    expect(await errorOf(qradar.sets.put('Another', [{ value: 'a' }]))).toMatchObject({ code: 'QRADAR_NOT_FOUND' });
  });

  it('are made when absent; somebody else making it first is fine', async () => {
    const { qradar, console } = await connect((request) =>
      request.method === 'POST' ? failure(409, 10_006, 'x', 'Duplicate.') : ranged(request, []),
    );
    await qradar.sets.ensure({ name: 'Mine', elementType: 'ALNIC', description: 'd' });
    const [post] = console.seen('POST', '/api/reference_data_collections/sets');
    expect(JSON.parse(post!.body)).toEqual({ name: 'Mine', entry_type: 'ALNIC', description: 'd' });
  });

  it('lose entries by id, absent ones are no error', async () => {
    const { qradar, console } = await connect((request) => {
      if (request.method === 'DELETE')
        return request.path.endsWith('/1') ? { status: 204 } : failure(404, 1002, 'x', 'y');
      return request.path.endsWith('/sets') ? sets(request) : ranged(request, entries);
    });
    expect(await qradar.sets.remove('AI High Risk Users', ['anna', 'bert', 'carl'])).toBe(1);
    const filter = console.requests.map(({ query }) => query.get('filter')).find((text) => text?.includes('value'));
    expect(filter).toBe('collection_id = 7 and value in ("anna", "bert", "carl")');
  });
});

describe('reference sets of older consoles', () => {
  it('are read, made, loaded and emptied by name', async () => {
    const { qradar, console } = await connect((request) => {
      if (request.path === '/api/reference_data/sets/Gone') return failure(404, 1002, 'Gone does not exist', 'No set.');
      if (request.method === 'GET')
        return {
          body: {
            name: 'My set',
            element_type: 'ALN',
            number_of_elements: 1,
            data: [{ value: 'anna', source: 's', first_seen: 1, last_seen: 2 }],
          },
        };
      if (request.method === 'DELETE' && request.path.endsWith('/bert')) return failure(404, 1003, 'x', 'y');
      return { status: request.method === 'POST' ? 201 : 200, body: {} };
    }, []);
    expect(await qradar.sets.keepsNotes()).toBe(false);
    expect(await qradar.sets.read('My set')).toMatchObject([{ value: 'anna', notes: undefined }]);
    expect(await qradar.sets.read('Gone')).toBeUndefined();
    await qradar.sets.ensure({ name: 'My set', elementType: 'ALNIC' });
    expect(await qradar.sets.put('My set', [{ value: 'a', notes: 'dropped' }, { value: 'b' }])).toEqual({
      written: 2,
      failed: [],
    });
    expect(await qradar.sets.remove('My set', ['anna', 'bert'])).toBe(1);
    expect(console.seen('POST', '/api/reference_data/sets')[0]!.query.get('element_type')).toBe('ALNIC');
    expect(JSON.parse(console.seen('POST', '/api/reference_data/sets/bulk_load/My set')[0]!.body)).toEqual(['a', 'b']);
  });

  it('without data are empty', async () => {
    const { qradar } = await connect(() => ({ body: { name: 'My set', number_of_elements: 0 } }), []);
    expect(await qradar.sets.read('My set')).toEqual([]);
  });
});

describe('users not tracked', () => {
  it('are read from the set of UBA; no set, nobody', async () => {
    const { qradar } = await connect(
      ({ path }) =>
        path === '/api/reference_data/sets/UBA : Users Not Tracked'
          ? { body: { name: 'UBA : Users Not Tracked', data: [{ value: 'anna' }] } }
          : undefined,
      [],
    );
    expect(await qradar.usersNotTracked()).toEqual(['anna']);
    const none = await connect(() => failure(404, 1002, 'x', 'y'), []);
    expect(await none.qradar.usersNotTracked()).toEqual([]);
  });

  it('are an error, not nobody, when they cannot be read', async () => {
    const { qradar } = await connect(() => failure(403, 26, 'x'), []);
    expect(await errorOf(qradar.usersNotTracked())).toMatchObject({ code: 'QRADAR_FORBIDDEN' });
  });
});

describe('maps and tables', () => {
  it('are read', async () => {
    const bodies: unknown[] = [
      { name: 'm', data: { anna: { value: 'group 4', source: 'x', first_seen: 1, last_seen: 2 } } },
      { name: 't', data: { anna: { score: { value: '87' }, group: { value: '4' } } } },
      { name: 'm', number_of_elements: 0 },
    ];
    const { qradar } = await connect(() => ({ body: bodies.shift() }));
    expect(await qradar.maps.readMap('m')).toEqual(new Map([['anna', 'group 4']]));
    expect((await qradar.maps.readTable('t'))!.get('anna')!.get('score')).toBe('87');
    expect(await qradar.maps.readMap('m')).toEqual(new Map());
  });

  it('are made and loaded in bulk', async () => {
    const { qradar, console } = await connect((request) =>
      request.path.includes('bulk_load') ? { body: {} } : failure(409, 1004, 'The name t is already in use', 'x'),
    );
    await qradar.maps.ensureMap({ name: 'm', elementType: 'ALN', keyLabel: 'user', valueLabel: 'group' });
    await qradar.maps.ensureTable({ name: 't', elementType: 'ALN', outerKeyLabel: 'user', keyTypes: { score: 'NUM' } });
    await qradar.maps.putMap('m', new Map([['anna', 'g']]));
    await qradar.maps.putTable('t', new Map([['anna', { score: '87' }]]));
    expect(console.seen('POST', '/api/reference_data/tables')[0]!.query.get('key_name_types')).toBe(
      '[{"element_type":"NUM","key_name":"score"}]',
    );
    expect(console.seen('POST', '/api/reference_data/maps/bulk_load/m')[0]!.body).toBe('{"anna":"g"}');
    expect(console.seen('POST', '/api/reference_data/tables/bulk_load/t')[0]!.body).toBe('{"anna":{"score":"87"}}');
  });

  it('of UBA are never written', async () => {
    const { qradar, console } = await connect(() => ({ body: {} }));
    const name = 'UBA : Rule Data';
    const before = console.requests.length;
    for (const write of [
      async () => qradar.maps.putTable(name, new Map()),
      async () => qradar.maps.putMap(name, new Map()),
      async () => qradar.sets.put('UBA : Users Not Tracked', [{ value: 'x' }]),
      async () => qradar.sets.remove('uba: x', ['x']),
      async () => qradar.sets.ensure({ name, elementType: 'ALN' }),
    ])
      expect(await errorOf(write())).toMatchObject({ code: 'QRADAR_REJECTED', layer: 'client' });
    expect(console.requests).toHaveLength(before);
  });

  it('need names that can stand in an address', async () => {
    const { qradar } = await connect(() => ({ body: {} }));
    expect(await errorOf((async () => qradar.maps.readMap('a/b'))())).toMatchObject({ layer: 'client' });
    expect(await errorOf((async () => qradar.maps.readMap('..'))())).toMatchObject({ layer: 'client' });
  });
});
