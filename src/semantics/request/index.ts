/** The life of a request: which server, which location, and what becomes of it. */
export { type IpAddress, isInNetwork, type Network, readIpAddress, readNetwork } from "./ip-address.ts";
export { type LocationMatch, type LocationStep, matchLocation } from "./location-match.ts";
export {
  type ConnectionPoint,
  normalizeHost,
  type ServerSelection,
  type ServerStep,
  selectServer,
} from "./server-selection.ts";
export { type NormalizedUri, type NormalUri, normalizeUri } from "./uri.ts";
