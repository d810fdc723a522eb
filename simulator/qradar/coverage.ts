import { ENDPOINTS, UBA_ENDPOINTS } from './endpoints/index.ts';
import type { Endpoint } from './http/endpoint.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

function row(endpoint: Endpoint): string {
  const parameters = endpoint.parameters
    .filter((one) => one.in !== 'path' && !['fields', 'filter', 'sort', 'Range'].includes(one.name))
    .map((one) => `${one.name}${one.required ? '*' : ''}${one.in === 'body' ? ' (body)' : ''}`);
  const errors = endpoint.errors.map((one) => `${one.status}/${one.code}`);
  const form = endpoint.list ? 'list' : endpoint.shape ? 'fields' : '';
  const since = `${endpoint.since}${endpoint.deprecated ? ', deprecated' : ''}`;
  return `| ${[endpoint.method, `\`${endpoint.path}\``, since, endpoint.capabilities.join(' or ') || 'any', parameters.join(', '), form, endpoint.success.join(', '), errors.join(', ')].map(cell).join(' | ')} |`;
}

const HEADER = [
  '| method | path | since | right | parameters | form | success | errors |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];

/** `docs/qradar-coverage.md`: what the simulator serves, from the table it serves it by. */
export function formatCoverage(): string {
  return [
    '# What the QRadar simulator covers',
    '',
    'Written by `UNDERCURRENT_WRITE_COVERAGE=1 npm test -- simulator-coverage` from the table that the simulator serves by; a test compares them. `*` marks required parameters. Form `list`: Range, `fields`, `filter` and `sort`; `fields`: the reply can be shaped. Errors are status and unique code; the framework adds 401/18, 403/26 and 422 with 8, 10, 11, 30 and 36 to every row.',
    '',
    `## REST API, below \`/api\` (${ENDPOINTS.length} endpoints)`,
    '',
    ...HEADER,
    ...ENDPOINTS.map(row),
    '',
    '## UBA app, below `/console/plugins/<app id>/app_proxy`',
    '',
    ...HEADER,
    ...UBA_ENDPOINTS.map(row),
    '',
  ].join('\n');
}
