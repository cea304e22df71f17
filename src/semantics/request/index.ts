/** The life of a request: which server, which location, and what becomes of it. */

export { isAddressIn } from "./access.ts";
export { type ErrorPage, errorPages } from "./error-page.ts";
export {
  coversNetwork,
  type IpAddress,
  isInNetwork,
  isPublicAddress,
  type Network,
  readIpAddress,
  readNetwork,
} from "./ip-address.ts";
export { type LocationMatch, type LocationStep, matchLocation } from "./location-match.ts";
export {
  type Assumption,
  asksApplication,
  type FileState,
  type Header,
  type Outcome,
  type OutcomeKind,
  type Phase,
  type Question,
  type Request,
  type Simulation,
  type SimulationOptions,
  STRANGER,
  type TakenErrorPage,
  type TraceEntry,
  type UpstreamAnswer,
} from "./outcome.ts";
export { headersInForce, isSafeStatus, lostHeaders, readExpires, typeOfExtension } from "./response.ts";
export { type Condition, readCondition } from "./rewrite.ts";
export {
  type ConnectionPoint,
  normalizeHost,
  type ServerSelection,
  type ServerStep,
  selectServer,
} from "./server-selection.ts";
export { simulate, simulateAll } from "./simulate.ts";
export { type NormalizedUri, type NormalUri, normalizeUri } from "./uri.ts";
