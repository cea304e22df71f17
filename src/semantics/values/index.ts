export {
  type Cidr,
  type Endpoint,
  type EndpointOptions,
  parseCidr,
  parseEndpoint,
  parseIpv4,
  parseIpv6,
} from "./address.ts";
export { argumentProblem, METHODS } from "./argument.ts";
export {
  parseBoundedNumber,
  parseCacheValidCode,
  parseErrorPageCode,
  parseFlag,
  parseNumber,
  parseRate,
  parseReturnCode,
  parseTryFilesCode,
} from "./number.ts";
export type { Parsed } from "./parsed.ts";
export { parseOffset, parseSize } from "./size.ts";
export { parseMilliseconds, parseSeconds } from "./time.ts";
