import { ApiError } from './api-error.ts';

/**
 * What the REST framework answers before an endpoint sees the request. Codes 8, 10, 11, 18, 26, 30 and 36 are recorded from
 * real systems; those in UNSETTLED are documented nowhere, and each is stated only here.
 */
const UNSETTLED = { negativeRange: 37, version: 21, notFound: 7, method: 9, accept: 16, contentType: 17, tooLarge: 40 };

export const noCredentials = (): ApiError =>
  new ApiError(
    401,
    18,
    'No SEC header present in request. Please provide it via "SEC: token". You may also use BASIC authentication parameters if this host supports it. e.g. "Authorization: Basic base64Encoding"',
  );

export const noCapability = (): ApiError =>
  new ApiError(403, 26, 'User has insufficient capabilities to access this endpoint resource');

export const missingParameter = (name: string): ApiError =>
  new ApiError(422, 8, `Missing required parameter "${name}" from query parameters`);

export const missingBody = (name: string): ApiError =>
  new ApiError(422, 10, `Request body must be populated for body parameter "${name}"`);

export const badParameter = (where: string, name: string, type = 'TEXT_PLAIN'): ApiError =>
  new ApiError(422, 11, `Failed to transform user ${where} parameter "${name}" with a content type of "${type}"`);

export const unknownField = (name: string): ApiError =>
  new ApiError(
    422,
    30,
    `Specified field "${name}" is not recognized by this endpoint for media type "application/json"`,
  );

export const badRange = (): ApiError =>
  new ApiError(
    422,
    36,
    'Failed to parse Range header. The syntax of the Range header must follow this pattern: items=x-y',
  );

export const negativeRange = (): ApiError =>
  new ApiError(
    422,
    UNSETTLED.negativeRange,
    'Range of pages specified in "Range" header is negative. Non-negative page range must be specified.',
  );

const VERSION_ADVICE = 'Please refer to documentation for list of valid versions.';

export const removedVersion = (version: string): ApiError =>
  new ApiError(
    422,
    UNSETTLED.version,
    `Version (${version}) from header parameter (Version) has been removed and is no longer valid. ${VERSION_ADVICE}`,
  );

export const invalidVersion = (version: string): ApiError =>
  new ApiError(
    422,
    UNSETTLED.version,
    `Version (${version}) from header parameter (Version) is not a valid version. ${VERSION_ADVICE}`,
  );

export const noSuchPath = (path: string): ApiError =>
  new ApiError(404, UNSETTLED.notFound, `No endpoint was found for path ${path}`);

export const noSuchMethod = (method: string, allowed: readonly string[]): ApiError =>
  new ApiError(405, UNSETTLED.method, `Method ${method} is not supported by this endpoint`, {
    headers: { Allow: allowed.join(', ') },
  });

export const notAcceptable = (offered: readonly string[]): ApiError =>
  new ApiError(406, UNSETTLED.accept, `The response media types supported by this endpoint are: ${offered.join(', ')}`);

export const unsupportedBody = (type: string): ApiError =>
  new ApiError(415, UNSETTLED.contentType, `Content type "${type}" is not supported by this endpoint`);

export const bodyTooLarge = (limit: number): ApiError =>
  new ApiError(413, UNSETTLED.tooLarge, `The request body is larger than ${limit} bytes`);
