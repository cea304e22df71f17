export { Configuration } from "./configuration.ts";
export type { ContextKind } from "./context-kind.ts";
export {
  type ArgumentKind,
  type ArgumentPattern,
  type Arity,
  acceptsCount,
  type DirectiveFacts,
  type DirectiveFamily,
  directiveIn,
  directiveNames,
  directivesIn,
  type Inheritance,
  inheritanceOf,
  lookupDirective,
  patternAt,
} from "./directives/index.ts";
export { type Effective, effective } from "./effective.ts";
export { inferContext } from "./fragment.ts";

export {
  type FileBase,
  fileBaseOf,
  filePath,
  type Handler,
  handlerOf,
  matchesEverything,
  unconditionalAnswer,
} from "./handler.ts";

export { IMPLICIT_LISTEN, isPrivateListen, type Listen, readListen } from "./listen.ts";
export {
  Location,
  type LocationModifier,
  PASS_DIRECTIVES,
  passesToUpstream,
  readLocation,
} from "./location.ts";
export {
  bounded,
  type CompiledPattern,
  type Coverage,
  checkPcre,
  compilePcre,
  differenceOf,
  fromBytes,
  includesUri,
  intersectionOf,
  isDisjoint,
  isEmptyLanguage,
  isSubset,
  type LiteralLocations,
  languageOf,
  literalLocations,
  type PatternCheck,
  type PatternMatch,
  prefixCoverage,
  remembersCoverage,
  requestTarget,
  toBytes,
  type Undecidable,
  type UriLanguage,
  type UriWitness,
  unionOf,
  urisOf,
  type WitnessHints,
  witnessOf,
} from "./regex/index.ts";
export {
  type ConnectionPoint,
  type IpAddress,
  isInNetwork,
  type LocationMatch,
  type LocationStep,
  matchLocation,
  type Network,
  type NormalizedUri,
  type NormalUri,
  normalizeHost,
  normalizeUri,
  readIpAddress,
  readNetwork,
  type ServerSelection,
  type ServerStep,
  selectServer,
} from "./request/index.ts";
export { Server } from "./server.ts";
export { readServerName, type ServerName } from "./server-name.ts";
export { type SocketMember, type TlsSocket, tlsSockets } from "./tls.ts";
export {
  Context,
  type IncludeChain,
  type IncludeProblem,
  type IncludeTarget,
  kindOfBlock,
  type SourceTree,
  Statement,
} from "./tree.ts";
export {
  argumentProblem,
  type Cidr,
  type Endpoint,
  type EndpointOptions,
  METHODS,
  type Parsed,
  parseBoundedNumber,
  parseCacheValidCode,
  parseCidr,
  parseEndpoint,
  parseErrorPageCode,
  parseFlag,
  parseIpv4,
  parseIpv6,
  parseMilliseconds,
  parseNumber,
  parseOffset,
  parseRate,
  parseReturnCode,
  parseSeconds,
  parseSize,
  parseTryFilesCode,
} from "./values/index.ts";
export { compareVersions, formatVersion, isSince, parseVersion, type Version } from "./version.ts";
