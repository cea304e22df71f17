export type { Admission, Open } from "./admission/admission.ts";
export type { Mistake } from "./admission/mistake.ts";
export { type Advisory, advisoriesFor, type Concern, type Precondition } from "./advisories/advisories.ts";
export type { Anchor, Range, Refusal, RelatedPlace } from "./anchor.ts";
export { type AnswerChange, compareAnswers, describeOutcome, opens } from "./answers.ts";
export {
  type AttackedValue,
  type Attempt,
  type Chooser,
  type Exposure,
  exposuresOf,
  type Origin,
  type UrlParts,
  urlParts,
  type ValuePart,
} from "./attacker/index.ts";
export { Account, Budget, type GivenUp } from "./budget.ts";
export type { Caching } from "./caching.ts";
export { type LostCapture, lostCaptures } from "./captures.ts";
export { Configuration } from "./configuration.ts";
export {
  type FileBase,
  fileBaseOf,
  filePath,
  type Handler,
  handlerOf,
  matchesEverything,
  PASS_DIRECTIVES,
  passesToUpstream,
  passStatement,
  type RootSetting,
  rootSetting,
  unconditionalAnswer,
} from "./content.ts";
export type { ContextKind } from "./context-kind.ts";
export {
  type Candidate,
  didYouMean,
  soleDirectiveNear,
  suggestDirective,
} from "./directives/did-you-mean.ts";
export {
  type ArgumentKind,
  type ArgumentPattern,
  type Arity,
  acceptsCount,
  type DirectiveFacts,
  type DirectiveFamily,
  defaultIn,
  directiveIn,
  directiveNames,
  directivesIn,
  type EarlierDefault,
  type Inheritance,
  inheritanceOf,
  lookupDirective,
  patternAt,
} from "./directives/index.ts";
export { type VariableArguments, variableArguments } from "./directives/variable-arguments.ts";
export {
  isFixedVariable,
  lookupVariable,
  type VariableFacts,
  variableNames,
} from "./directives/variables.ts";
export { editedText, type Reread, type TextEdit, withEdits } from "./edits.ts";
export { type Effective, effective } from "./effective.ts";
export { countHeadings, dumpTree, isDump, isOnlyDump, splitDump } from "./files/dump.ts";
export { compareBytes, isIncludePattern, isPlaceholder, matchesPart } from "./files/include-pattern.ts";
export { Growth, growTree, type IncludeResolver } from "./files/include-tree.ts";
export { belowInstalled, impliedRoot, isRooted, isWithin } from "./files/installed.ts";
export { isMain, isTopLevel } from "./files/main-file.ts";
export { isStock, stockText } from "./files/stock-files.ts";
export { treesOfTexts } from "./files/texts.ts";
export { inferContext } from "./fragment.ts";
export { type Http2Listen, http2Listens, http2Of } from "./http2.ts";
export { type Discarded, inheritMode } from "./inheritance.ts";
export { limitKeyOf, type RequestLimit } from "./limits.ts";
export { IMPLICIT_LISTEN, isPrivateListen, type Listen, readListen } from "./listen.ts";
export { type LocationModifier, locationKind, readLocation } from "./location.ts";
export { askForFile, askServer, diskOf, fileSent, type ServedFile } from "./locations/asked.ts";
export { Contest, contestsOf, isWithinPrefix, type UriTail } from "./locations/contests.ts";
export { durationOf, type Freshness, freshnessOf } from "./locations/freshness.ts";
export {
  isOnlyEnding,
  languageOfLocation,
  neverMeets,
  type Unreachable,
  unreachableLocations,
} from "./locations/reachability.ts";
export { type Chain, dependsOnClient, followRedirects, type Hop } from "./locations/redirects.ts";
export {
  compareTreatments,
  type Difference,
  mayTreatDifferently,
  treatmentOf,
} from "./locations/treatment.ts";
export { winnerOf } from "./locations/winner.ts";
export { type AccessLog, type LogFormat, readLogFormat } from "./logs.ts";
export { type Asked, type Disk, Model, Place, VirtualServer } from "./model.ts";
export { acceptsReferer } from "./referers.ts";
export {
  type Attack,
  attackOn,
  bounded,
  type CompiledPattern,
  type Coverage,
  checkPcre,
  compilePcre,
  differenceOf,
  fromBytes,
  groupsOf,
  includesUri,
  isDisjoint,
  isEmptyLanguage,
  isSubset,
  type LiteralLocations,
  languageOf,
  literalLocations,
  Memo,
  type PatternCheck,
  type PatternMatch,
  prefixCoverage,
  remembersCoverage,
  requestTarget,
  TextLanguage,
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
  type Assumption,
  asksApplication,
  type Condition,
  type ConnectionPoint,
  coversNetwork,
  type ErrorPage,
  errorPages,
  type FileState,
  type Header,
  headersInForce,
  type IpAddress,
  isAddressIn,
  isInNetwork,
  isPublicAddress,
  isSafeStatus,
  type LocationMatch,
  type LocationStep,
  lostHeaders,
  matchLocation,
  type Network,
  type NormalizedUri,
  type NormalUri,
  normalizeHost,
  normalizeUri,
  type Outcome,
  type OutcomeKind,
  type Phase,
  type Question,
  type Request,
  readCondition,
  readExpires,
  readIpAddress,
  readNetwork,
  type ServerSelection,
  type ServerStep,
  type Simulation,
  type SimulationOptions,
  STRANGER,
  selectServer,
  simulate,
  simulateAll,
  type TakenErrorPage,
  type TraceEntry,
  typeOfExtension,
  type UpstreamAnswer,
} from "./request/index.ts";
export { hasVariables } from "./request/script.ts";
export { Location, Server } from "./server.ts";
export { factsOf, filesIn, textOutside } from "./server-facts.ts";
export { readServerName, type ServerName } from "./server-name.ts";
export type { Setting } from "./setting.ts";
export { shorten } from "./shorten.ts";
export {
  type ListenSocket,
  listenSockets,
  listenSocketsOf,
  type SocketMember,
  type TlsSocket,
  tlsSockets,
} from "./tls.ts";
export { type CipherList, type CipherSuite, cipherSuites, readCiphers } from "./tls-ciphers.ts";
export {
  defaultProtocols,
  type ListenerProtocols,
  listenerProtocols,
  PROTOCOLS_PER_SERVER,
  protocolsAt,
  upstreamProtocolsDirective,
} from "./tls-protocols.ts";
export {
  Context,
  type IncludeChain,
  type IncludeProblem,
  type IncludeTarget,
  kindOfBlock,
  type SourceTree,
  Statement,
} from "./tree.ts";
export { type Lookup, lookupOf, upstreamsBehind } from "./upstreams/lookup.ts";
export { areAlternatives } from "./validity/alternatives.ts";
export { refuseArguments } from "./validity/argument-words.ts";
export {
  type ArgumentCheck,
  argumentCheck,
  isOpen,
  readsWordsAlone,
  type Surroundings,
} from "./validity/arguments/index.ts";
export { buffersThatDoNotFit } from "./validity/buffer-sizes.ts";
export { refuseWithoutCertificates } from "./validity/certificates.ts";
export { wrongCombinations } from "./validity/combinations.ts";
export { foreignModule } from "./validity/foreign-module.ts";
export { namesThatDoNotFit } from "./validity/hash-buckets.ts";
export { refusePatterns } from "./validity/patterns.ts";
export { duplicateAddresses, incompleteServers, SOCKET_OPTION } from "./validity/plain-servers.ts";
export { clashingPaths, clashingZones } from "./validity/shared-zones.ts";
export { missingTlsMaterial } from "./validity/tls-material.ts";
export { refuseUndefinedReferences } from "./validity/undefined-references.ts";
export { refuseUndefinedVariables } from "./validity/undefined-variables.ts";
export { unmappedCharsets } from "./validity/unmapped-charsets.ts";
export {
  contextName,
  isMisspelt,
  type Usage,
  visitDirectives,
  writtenText,
} from "./validity/usages.ts";
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
export {
  compareVersions,
  formatVersion,
  isConceivable,
  isNewerThanKnown,
  isSince,
  parseVersion,
  type Version,
} from "./version.ts";
